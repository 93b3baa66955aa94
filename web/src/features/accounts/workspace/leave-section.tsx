import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { userSession } from "@/api/client";
import { useWorkspace } from "@/api/workspace";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { CardSection } from "@/components/ui/card";

const ConfirmDialog = lazy(() => import("@/components/confirm-dialog").then((module) => ({ default: module.ConfirmDialog })));

export function LeaveSection() {
  const { t } = useLingui();
  const { api, tenant } = useWorkspace();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const { name } = tenant;
  const leave = async () => {
    await api.POST("/api/v1/tenant/leave");
    toast(t`You have left ${name}`, { tone: "success" });
    // What is held still lists this workspace.
    await userSession.renew("");
    await navigate({ to: "/t", replace: true });
  };
  return (
    <CardSection
      title={<Trans>Leave this workspace</Trans>}
      description={
        tenant.role === "owner" ? (
          <Trans>What you wrote stays. The last owner cannot leave: make somebody else owner first.</Trans>
        ) : (
          <Trans>What you wrote stays. To come back you need an invitation.</Trans>
        )
      }
      actions={
        <Button variant="quietDanger" onClick={() => setAsking(true)}>
          <Trans>Leave</Trans>
        </Button>
      }
    >
      {asking && (
        <Suspense>
          <ConfirmDialog
            title={<Trans>Leave {name}?</Trans>}
            description={<Trans>You can no longer open it, from this moment on.</Trans>}
            confirm={<Trans>Leave</Trans>}
            onConfirm={leave}
            onClose={() => setAsking(false)}
          />
        </Suspense>
      )}
    </CardSection>
  );
}
