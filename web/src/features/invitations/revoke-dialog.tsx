import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import type { Invitation } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { toast } from "@/components/toast";
import { invitationsKey } from "./invitations";

export function RevokeDialog({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  const { id, email } = invitation;
  return (
    <ConfirmDialog
      title={<Trans>Revoke this invitation?</Trans>}
      description={<Trans>The link that was mailed to {email} stops working at once.</Trans>}
      confirm={<Trans>Revoke</Trans>}
      onConfirm={async () => {
        await api.DELETE("/api/v1/invitations/{id}", { params: { path: { id } } });
        void client.invalidateQueries({ queryKey: invitationsKey });
        toast(t`Invitation revoked`, { tone: "success" });
        onClose();
      }}
      onClose={onClose}
    />
  );
}
