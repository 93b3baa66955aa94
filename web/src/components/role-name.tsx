import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";

/** The roles that every workspace has, highest first, with their names. */
export const builtInRoles: Record<string, MessageDescriptor> = {
  owner: msg`Owner`,
  admin: msg`Admin`,
  member: msg`Member`,
  viewer: msg`Viewer`,
};

type Props = {
  /** A built-in role, or the id of one that the workspace made, */ role: string /** whose name this is. */;
  name?: string;
};

export function RoleName({ role, name }: Props) {
  const { i18n } = useLingui();
  const known = builtInRoles[role];
  return known ? i18n._(known) : (name ?? role);
}
