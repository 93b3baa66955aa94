import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import type { Member } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { toast } from "@/components/toast";
import { changeMembers } from "./members";

export function RemoveMemberDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useLingui();
  const { api, tenant } = useWorkspace();
  const client = useQueryClient();
  const { name } = member;
  const workspace = tenant.name;
  return (
    <ConfirmDialog
      title={<Trans>Remove {name}?</Trans>}
      description={
        <Trans>
          {name} can no longer open {workspace}, from this moment on. The notes they wrote stay.
        </Trans>
      }
      confirm={<Trans>Remove</Trans>}
      onConfirm={async () => {
        await api.DELETE("/api/v1/members/{user_id}", { params: { path: { user_id: member.user_id } } });
        changeMembers(client, (other) => (other.user_id === member.user_id ? undefined : other));
        toast(t`${name} was removed`, { tone: "success" });
        onClose();
      }}
      onClose={onClose}
    />
  );
}
