import { describe, expect, it } from "vitest";
import { moduleWords, permissionGroups } from "./permission-groups";

const permission = (key: string) => ({ key, summary: key });

describe("permissions", () => {
  it("are grouped by module, in the order in which they come", () => {
    const groups = permissionGroups(["notes:read", "members:read", "notes:write"].map(permission));
    expect(groups.map(({ module, permissions }) => [module, permissions.map(({ key }) => key)])).toEqual([
      ["notes", ["notes:read", "notes:write"]],
      ["members", ["members:read"]],
    ]);
  });
  it("have a group even without a module", () => {
    expect(permissionGroups([permission("odd")])).toEqual([{ module: "odd", permissions: [permission("odd")] }]);
  });
  it("name an unknown module by its key", () => {
    expect(moduleWords("audit-log")).toBe("Audit log");
  });
});
