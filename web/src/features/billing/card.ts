import type { Card } from "@/api/types";

const brands: Readonly<Record<string, string>> = {
  visa: "Visa",
  mastercard: "Mastercard",
  amex: "American Express",
  discover: "Discover",
  diners: "Diners Club",
  jcb: "JCB",
  unionpay: "UnionPay",
};

/** The name of a card's brand for people, from that of the payment provider. */
export const brandName = (brand: string): string => brands[brand] ?? "Card";

/** Whether a card can be charged next month: it is good to the end of the month that stands on it. */
export function expires({ exp_month: month, exp_year: year }: Card, now: Date): "over" | "soon" | "later" {
  const left = year * 12 + month - (now.getUTCFullYear() * 12 + now.getUTCMonth() + 1);
  return left < 0 ? "over" : left < 2 ? "soon" : "later";
}
