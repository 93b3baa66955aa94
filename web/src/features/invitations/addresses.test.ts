import { describe, expect, it } from "vitest";
import { readAddresses } from "./addresses";

describe("pasted addresses", () => {
  it("are read by comma, semicolon, space and line", () => {
    expect(readAddresses("a@x.com, b@x.com;c@x.com d@x.com\n\te@x.com\r\n").valid).toEqual([
      "a@x.com",
      "b@x.com",
      "c@x.com",
      "d@x.com",
      "e@x.com",
    ]);
  });

  it("may carry names, as mail programs write them", () => {
    const { valid, invalid } = readAddresses(
      '"Lovelace, Ada" <ada@example.com>, Ben Ode <ben@example.com>\ncleo@example.com <dora@example.com>',
    );
    expect(valid).toEqual(["ada@example.com", "ben@example.com", "dora@example.com", "cleo@example.com"]);
    expect(invalid).toEqual([]);
  });

  it("count once, however they are written", () => {
    expect(readAddresses("Ada@Example.com ada@example.com mailto:ada@example.com")).toEqual({
      valid: ["Ada@Example.com"],
      invalid: [],
    });
  });

  it.each(["ada", "ada@", "@example.com", "ada@example", "ada@@example.com", "ada@example.c", "ada@example.com."])(
    "are not %s",
    (text) => {
      expect(readAddresses(text)).toEqual({ valid: [], invalid: [text] });
    },
  );

  it.each(["ada+notes@example.co.uk", "o'hara@example.com", "ünal@exämple.com", "a@b.io"])("may be %s", (text) => {
    expect(readAddresses(text).valid).toEqual([text]);
  });

  it("are none in nothing", () => {
    expect(readAddresses(" ,;\n")).toEqual({ valid: [], invalid: [] });
  });

  it("that are too long for any mail server are refused", () => {
    expect(readAddresses(`${"a".repeat(250)}@example.com`).valid).toEqual([]);
  });
});
