export type Permission = { key: string; summary: string };
export type PermissionGroup = { module: string; permissions: Permission[] };

/** Sorts permissions such as "notes:write" by the module that they belong to, in the order in which they come. */
export function permissionGroups(permissions: readonly Permission[]): PermissionGroup[] {
  const groups = new Map<string, Permission[]>();
  for (const permission of permissions) {
    const module = permission.key.split(":")[0] ?? "";
    groups.set(module, [...(groups.get(module) ?? []), permission]);
  }
  return [...groups].map(([module, list]) => ({ module, permissions: list }));
}

/** "api-keys" as words, for a module that has no name of its own here. */
export function moduleWords(module: string): string {
  const words = module.replaceAll(/[-_.]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
