import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { ChevronRight } from "lucide-react";
import { mayGrant } from "@/api/roles";
import type { PermissionInfo, WorkspaceRole } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { PermissionList } from "@/components/permission-grid";
import { builtInRoles } from "@/components/role-name";
import { Button } from "@/components/ui/button";

type Props = { role: WorkspaceRole; permissions: readonly PermissionInfo[]; onEdit: () => void; onDelete: () => void };

/** A role, which opens to what it allows. */
export function RoleRow({ role, permissions, onEdit, onDelete }: Props) {
  const { t, i18n } = useLingui();
  const { tenant, can } = useWorkspace();
  const builtIn = builtInRoles[role.id];
  const name = builtIn ? i18n._(builtIn) : role.name;
  const writes = !role.built_in && can("roles:write");
  const reaches = mayGrant(tenant, role);
  return (
    <li className="px-5 py-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <details className="group min-w-0 flex-1 basis-52">
          <summary className="flex cursor-pointer list-none items-start gap-2 rounded-sm [&::-webkit-details-marker]:hidden">
            <ChevronRight
              aria-hidden="true"
              className="mt-0.5 size-4 shrink-0 text-muted transition-transform group-open:rotate-90"
            />
            <span className="min-w-0">
              <span className="block font-medium break-words">{name}</span>
              <span className="block text-sm text-muted">
                <Plural value={role.members} one="# member" other="# members" />
                {" · "}
                <Plural value={role.permissions.length} one="# permission" other="# permissions" />
              </span>
            </span>
          </summary>
          <div className="mt-3 mb-1 pl-6">
            <PermissionList permissions={permissions} held={role.permissions} />
          </div>
        </details>
        {writes && reaches && (
          <span className="flex gap-2 pl-6 sm:pl-0">
            <Button size="sm" onClick={onEdit} aria-label={t`Edit ${name}`}>
              <Trans>Edit</Trans>
            </Button>
            <Button size="sm" variant="quietDanger" onClick={onDelete} aria-label={t`Delete ${name}`}>
              <Trans>Delete</Trans>
            </Button>
          </span>
        )}
        {writes && !reaches && (
          <span className="pl-6 text-sm text-muted sm:pl-0">
            <Trans>Allows more than your own role</Trans>
          </span>
        )}
      </div>
    </li>
  );
}
