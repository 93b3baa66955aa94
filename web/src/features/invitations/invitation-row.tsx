import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";
import type { Invitation } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { RoleName } from "@/components/role-name";
import { Time } from "@/components/time";
import { toast } from "@/components/toast";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { formatDate } from "@/format";
import { invitationsKey } from "./invitations";

export function InvitationRow({ invitation, onRevoke }: { invitation: Invitation; onRevoke: () => void }) {
  const { t, i18n } = useLingui();
  const { api, can } = useWorkspace();
  const client = useQueryClient();
  const { id, email, expired } = invitation;
  const resend = useMutation({
    mutationFn: () => api.POST("/api/v1/invitations/{id}/resend", { params: { path: { id } } }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: invitationsKey });
      toast(t`Sent again to ${email}`, { tone: "success" });
    },
    onError: (error) =>
      toast(t`The invitation was not sent`, { tone: "danger", description: problemText(i18n, asProblem(error)) }),
  });
  const until = formatDate(invitation.expires_at);
  const inviter = invitation.invited_by.name || (invitation.invited_by.kind === "api_key" ? t`an API key` : t`a former member`);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <span className="min-w-0 flex-1 basis-56">
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="min-w-0 font-medium break-all">{email}</span>
          {expired && (
            <Badge tone="warning">
              <Trans>Expired</Trans>
            </Badge>
          )}
        </span>
        <span className="block text-sm text-muted">
          <RoleName role={invitation.role} name={invitation.role_name} />
          {" · "}
          <Trans>
            sent by {inviter} <Time iso={invitation.sent_at} />
          </Trans>
          {!expired && (
            <>
              {" · "}
              <Trans>works until {until}</Trans>
            </>
          )}
        </span>
      </span>
      {can("invitations:write") && (
        <span className="flex gap-2">
          <Button size="sm" pending={resend.isPending} onClick={() => resend.mutate()} aria-label={t`Send again to ${email}`}>
            <Trans>Send again</Trans>
          </Button>
          <Button size="sm" variant="quietDanger" onClick={onRevoke} aria-label={t`Revoke the invitation of ${email}`}>
            <Trans>Revoke</Trans>
          </Button>
        </span>
      )}
    </li>
  );
}
