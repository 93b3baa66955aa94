import { describe, expect, it } from "vitest";
import type { Plan } from "@/api/types";
import { usualCurrency } from "./currency";
import { currenciesOf, mostSaved, perMonth, priceOf, yearlySaving } from "./money";

const plan = (key: string, amounts: Record<string, [month: number, year: number]>, notes: number): Plan => ({
  key,
  name: key,
  summary: "",
  per_seat: false,
  trial_days: 0,
  highlight: false,
  metered: [],
  limits: [{ key: "notes.max", label: "Notes", kind: "limit", limit: notes }],
  prices: Object.entries(amounts).flatMap(([currency, [month, year]]) => [
    { interval: "month", currency, amount: month },
    { interval: "year", currency, amount: year },
  ]),
});
const free = plan("free", {}, 10);
const pro = plan("pro", { usd: [1200, 12000], eur: [1100, 11000] }, 1000);
const business = plan("business", { usd: [9900, 118800], eur: [8900, 89000] }, -1);
const plans = [free, pro, business];

describe("prices", () => {
  it("are found by interval and currency", () => {
    expect(priceOf(pro, "year", "eur")?.amount).toBe(11000);
    expect(priceOf(pro, "month", "gbp")).toBeUndefined();
    expect(priceOf(free, "month", "usd")).toBeUndefined();
    expect(currenciesOf(plans)).toEqual(["usd", "eur"]);
  });

  it("of a year are shown by the month, rounded to a whole cent", () => {
    expect(perMonth({ interval: "year", currency: "usd", amount: 12000 })).toBe(1000);
    expect(perMonth({ interval: "year", currency: "eur", amount: 11000 })).toBe(917);
    expect(perMonth({ interval: "month", currency: "eur", amount: 1100 })).toBe(1100);
  });

  it("of a year say what they save, and never that they save less than nothing", () => {
    expect(yearlySaving(pro, "usd")).toBe(2400);
    expect(yearlySaving(business, "usd")).toBe(0);
    expect(yearlySaving(plan("dear", { usd: [100, 1300] }, 1), "usd")).toBe(0);
    expect(yearlySaving(free, "usd")).toBe(0);
    expect(mostSaved(plans, "usd")).toBe(16);
    expect(mostSaved([free], "usd")).toBe(0);
  });
});

describe("the usual currency", () => {
  it.each([
    [["en-US"], "usd"],
    [["de-DE", "en-US"], "eur"],
    [["en", "fr-FR"], "eur"],
    [["en-GB"], "usd"],
    [["zh-Hant-TW"], "usd"],
    [[], "usd"],
  ])("of %j is %s", (languages, currency) => expect(usualCurrency(languages, ["usd", "eur"])).toBe(currency));
});
