import { queryOptions } from "@tanstack/react-query";
import { type Api, take } from "./client";
import type { CurrentTenant, WorkspaceRole } from "./types";

/** The roles of a workspace: asked by who changes them and by who gives them to people. */
export const rolesKey = ["roles"] as const;

export const rolesQuery = (api: Api) =>
  queryOptions({ queryKey: rolesKey, queryFn: ({ signal }) => take(api.GET("/api/v1/roles", { signal })) });

/** Whether somebody in the workspace may give the role to others: never more than they may do themselves. */
export function mayGrant(tenant: Pick<CurrentTenant, "role" | "permissions">, role: WorkspaceRole): boolean {
  if (role.id === "owner") return tenant.role === "owner";
  return role.permissions.every((permission) => tenant.permissions.includes(permission));
}
