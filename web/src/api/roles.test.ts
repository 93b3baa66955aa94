import { describe, expect, it } from "vitest";
import { mayGrant } from "./roles";
import type { WorkspaceRole } from "./types";

const role = (id: string, ...permissions: string[]): WorkspaceRole => ({
  id,
  name: id,
  built_in: true,
  permissions,
  members: 0,
  version: 1,
});
const admin = { role: "admin", permissions: ["members:write", "notes:read", "notes:write"] };

describe("giving a role", () => {
  it("is for who may do all that it allows", () => {
    expect(mayGrant(admin, role("viewer", "notes:read"))).toBe(true);
    expect(mayGrant(admin, role("accountant", "notes:read", "billing:read"))).toBe(false);
  });
  it("lets only an owner make another, even where an owner may do no more", () => {
    expect(mayGrant(admin, role("owner", "notes:read"))).toBe(false);
    expect(mayGrant({ ...admin, role: "owner" }, role("owner", "notes:read"))).toBe(true);
  });
});
