import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { rolesKey } from "@/api/roles";
import type { WorkspaceRole } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { toast } from "@/components/toast";
import { buttonStyle } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";

/** Asks before a role goes, or says why it cannot. */
export function DeleteRoleDialog({ role, onClose }: { role: WorkspaceRole; onClose: () => void }) {
  const { t } = useLingui();
  const { api, slug } = useWorkspace();
  const client = useQueryClient();
  const { name } = role;
  if (role.members > 0) {
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && onClose()}
        title={<Trans>{name} is in use</Trans>}
        description={
          <Plural
            value={role.members}
            one="# member has this role. Give them another one, then you can delete it."
            other="# members have this role. Give them another one, then you can delete it."
          />
        }
      >
        <div className="mt-6 flex justify-end">
          <Link to="/t/$slug/settings/members" params={{ slug }} className={buttonStyle({ variant: "primary" })}>
            <Trans>Go to the members</Trans>
          </Link>
        </div>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      title={<Trans>Delete the role {name}?</Trans>}
      description={<Trans>Nobody has it at the moment. It cannot be brought back.</Trans>}
      confirm={<Trans>Delete</Trans>}
      onConfirm={async () => {
        await api.DELETE("/api/v1/roles/{id}", { params: { path: { id: role.id } } });
        void client.invalidateQueries({ queryKey: rolesKey });
        toast(t`Role deleted`, { tone: "success" });
        onClose();
      }}
      onClose={onClose}
    />
  );
}
