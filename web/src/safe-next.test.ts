import { describe, expect, it } from "vitest";
import { safeNext } from "./safe-next";

const origin = "https://app.example.com";
const next = (value: unknown) => safeNext(value, "/t", origin);

describe("O7: where signing in leads to", () => {
  it.each(["/t/acme/notes", "/t/acme/notes?view=trash", "/t/acme/notes/1#end", "/operator/tenants?q=%2F%2Fevil.example"])(
    "goes on to %s",
    (path) => expect(next(path)).toBe(path),
  );

  it.each([
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " /t",
    "t/acme",
    "/.//evil.example",
    "/x/..//evil.example",
    "",
    undefined,
    null,
    42,
    ["/t"],
  ])("stays home for %j", (value) => expect(next(value)).toBe("/t"));
});
