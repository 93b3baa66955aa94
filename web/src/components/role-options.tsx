import { useLingui } from "@lingui/react/macro";
import type { WorkspaceRole } from "@/api/types";
import { builtInRoles } from "./role-name";

/** The roles as the options of a select. */
export function RoleOptions({ roles }: { roles: readonly WorkspaceRole[] }) {
  const { i18n } = useLingui();
  return roles.map(({ id, name }) => {
    const known = builtInRoles[id];
    return (
      <option key={id} value={id}>
        {known ? i18n._(known) : name}
      </option>
    );
  });
}
