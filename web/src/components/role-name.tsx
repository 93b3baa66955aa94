import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import type { Role } from "@/api/types";

/** The roles, highest first, with their names and what they may do. */
export const roles: readonly { role: Role; name: MessageDescriptor; may: MessageDescriptor }[] = [
  { role: "owner", name: msg`Owner`, may: msg`Everything, billing included` },
  { role: "admin", name: msg`Admin`, may: msg`Manage members and see billing` },
  { role: "member", name: msg`Member`, may: msg`Read and write notes` },
  { role: "viewer", name: msg`Viewer`, may: msg`Read notes` },
];

export function RoleName({ role }: { role: Role }) {
  const { i18n } = useLingui();
  const known = roles.find((entry) => entry.role === role);
  return known ? i18n._(known.name) : role;
}
