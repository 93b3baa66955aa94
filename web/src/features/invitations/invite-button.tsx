import { Trans } from "@lingui/react/macro";
import { UserPlus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useWorkspace } from "@/api/workspace";
import { Button } from "@/components/ui/button";

const InviteDialog = lazy(() => import("./invite-dialog").then((module) => ({ default: module.InviteDialog })));

/** For who may invite: the button, and the dialog behind it. */
export function InviteButton() {
  const { can } = useWorkspace();
  const [open, setOpen] = useState(false);
  if (!can("invitations:write")) return null;
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        <UserPlus aria-hidden="true" />
        <Trans>Invite people</Trans>
      </Button>
      {open && (
        <Suspense>
          <InviteDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
