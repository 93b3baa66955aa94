import { expect, it } from "vitest";
import { brandName, expires } from "./card";

it.each([
  [4, 2026, "over"],
  [5, 2026, "soon"],
  [6, 2026, "soon"],
  [7, 2026, "later"],
  [1, 2027, "later"],
])("in May 2026 a card to %i/%i expires %s", (exp_month, exp_year, state) =>
  expect(expires({ brand: "visa", last4: "4242", exp_month, exp_year }, new Date("2026-05-31T23:00:00Z"))).toBe(state),
);

it("names a brand that it does not know", () =>
  expect([brandName("amex"), brandName("new")]).toEqual(["American Express", "Card"]));
