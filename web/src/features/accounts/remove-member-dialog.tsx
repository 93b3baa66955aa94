import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";
import type { Member } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Dialog } from "@/components/ui/dialog";
import { changeMembers } from "./members";

export function RemoveMemberDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t, i18n } = useLingui();
  const { api, tenant } = useWorkspace();
  const client = useQueryClient();
  const { name } = member;
  const workspace = tenant.name;
  const remove = useMutation({
    mutationFn: () => api.DELETE("/api/v1/members/{user_id}", { params: { path: { user_id: member.user_id } } }),
    onSuccess: () => {
      changeMembers(client, (other) => (other.user_id === member.user_id ? undefined : other));
      toast(t`${name} was removed`, { tone: "success" });
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={<Trans>Remove {name}?</Trans>}
      description={
        <Trans>
          {name} can no longer open {workspace}, from this moment on. The notes they wrote stay.
        </Trans>
      }
    >
      {remove.isError && (
        <Callout role="alert" tone="danger" className="mt-4">
          {problemText(i18n, asProblem(remove.error))}
        </Callout>
      )}
      <div className="mt-6 flex justify-end gap-2">
        <Button onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <Button variant="danger" pending={remove.isPending} onClick={() => remove.mutate()}>
          <Trans>Remove</Trans>
        </Button>
      </div>
    </Dialog>
  );
}
