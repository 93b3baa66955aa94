import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { type Me, meKey } from "@/api/person";
import { asProblem } from "@/api/problem";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { CardSection } from "@/components/ui/card";

const EmailDialog = lazy(() => import("./email-dialog").then((module) => ({ default: module.EmailDialog })));

/** The person's address, and the change of it that waits for the link in the mail to the new one. */
export function EmailSection({ me }: { me: Me }) {
  const [changing, setChanging] = useState(false);
  return (
    <CardSection
      title={<Trans>E-mail</Trans>}
      description={<Trans>You sign in with it, and we write to it.</Trans>}
      actions={
        <Button onClick={() => setChanging(true)}>
          <Trans>Change e-mail</Trans>
        </Button>
      }
    >
      <div className="grid gap-4 border-line border-t p-5">
        <p className="font-medium break-all">{me.email}</p>
        {me.pending_email && <PendingChange email={me.pending_email} />}
      </div>
      {changing && (
        <Suspense>
          <EmailDialog current={me.email} onClose={() => setChanging(false)} />
        </Suspense>
      )}
    </CardSection>
  );
}

function PendingChange({ email }: { email: string }) {
  const { t, i18n } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => api.DELETE("/api/v1/me/email"),
    onSuccess: () => {
      client.setQueryData<Me>(meKey, (me) => me && { ...me, pending_email: "" });
      toast(t`Your address stays as it is`);
    },
    onError: (error) =>
      toast(t`The change was not canceled`, { tone: "danger", description: problemText(i18n, asProblem(error)) }),
  });
  return (
    <Callout
      role="status"
      tone="warning"
      title={<Trans>Waiting for your confirmation</Trans>}
      actions={
        <Button size="sm" pending={cancel.isPending} onClick={() => cancel.mutate()}>
          <Trans>Cancel the change</Trans>
        </Button>
      }
    >
      <Trans>
        Open the link that we sent to <strong className="font-semibold break-all">{email}</strong>. Until then nothing changes.
      </Trans>
    </Callout>
  );
}
