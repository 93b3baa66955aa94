import { describe, expect, it } from "vitest";
import { formatAgo, formatMoney } from "./format";

describe("money", () => {
  it.each([
    [1200, "usd", "$12"],
    [1250, "usd", "$12.50"],
    [0, "usd", "$0"],
    [9900, "eur", "€99"],
    [1200, "jpy", "¥1,200"],
  ])("%i %s is %s", (minor, currency, text) => expect(formatMoney(minor, currency, "en-US")).toBe(text));
});

describe("how long ago", () => {
  const now = Date.parse("2026-05-01T12:00:00Z");
  it.each([
    ["2026-05-01T11:59:30Z", "now"],
    ["2026-05-01T11:55:00Z", "5 minutes ago"],
    ["2026-05-01T09:00:00Z", "3 hours ago"],
    ["2026-04-30T11:00:00Z", "yesterday"],
    ["2026-04-01T12:00:00Z", "last month"],
  ])("%s is %s", (iso, text) => expect(formatAgo(iso, now)).toBe(text));
});
