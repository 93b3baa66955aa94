import { describe, expect, it } from "vitest";
import { expiryOf, firstDay, isExpiryChoice } from "./expiry";
import { curl, stateOf } from "./keys";

const now = Date.parse("2027-02-27T12:00:00Z");

describe("the expiry of a key", () => {
  it("is a number of days from now", () => {
    expect(expiryOf("30", "", now)).toBe("2027-03-29T12:00:00.000Z");
  });
  it("is the end of a chosen day, where the person is", () => {
    expect(expiryOf("date", "2027-03-01", now)).toBe(new Date("2027-03-01T23:59:59").toISOString());
  });
  it("is nothing for never, and for a date that is none", () => {
    expect(expiryOf("never", "2027-03-01", now)).toBeUndefined();
    expect(expiryOf("date", "", now)).toBeUndefined();
  });
  it("can be tomorrow at the earliest", () => {
    expect(firstDay(new Date("2027-02-28T12:00:00").getTime())).toBe("2027-03-01");
  });
  it("knows its choices", () => {
    expect(isExpiryChoice("90")).toBe(true);
    expect(isExpiryChoice("91")).toBe(false);
  });
});

describe("a key", () => {
  it("is active until it expires or is revoked", () => {
    expect(stateOf({}, now)).toBe("active");
    expect(stateOf({ expires_at: "2027-02-27T12:00:01Z" }, now)).toBe("active");
    expect(stateOf({ expires_at: "2027-02-27T12:00:00Z" }, now)).toBe("expired");
    expect(stateOf({ expires_at: "2026-01-01T00:00:00Z", revoked_at: "2025-01-01T00:00:00Z" }, now)).toBe("revoked");
  });
  it("is shown in a call that can be pasted", () => {
    expect(curl("https://app.example", "saaskit_abc")).toContain('-H "Authorization: Bearer saaskit_abc"');
    expect(curl("https://app.example")).toContain("$API_KEY");
  });
});
