import type { Interval, Metered, Plan, Price } from "@/api/types";

export const intervals: readonly Interval[] = ["month", "year"];

/** What the plan costs in that interval and currency; undefined for a free plan, and for what is not sold so. */
export function priceOf(plan: Plan, interval: Interval, currency: string): Price | undefined {
  return plan.prices.find((price) => price.interval === interval && price.currency === currency);
}

export const isFree = (plan: Plan): boolean => plan.prices.length === 0;

/** The currencies in which anything is sold, in the order of the price list. */
export function currenciesOf(plans: readonly Plan[]): string[] {
  return [...new Set(plans.flatMap(({ prices }) => prices.map(({ currency }) => currency)))];
}

/** The price of one month, in minor units; that of a year is rounded to a whole unit. */
export function perMonth({ interval, amount }: Price): number {
  return interval === "year" ? Math.round(amount / 12) : amount;
}

/** What paying by the year costs less than twelve months, in minor units; 0 when it is not sold so, or costs no less. */
export function yearlySaving(plan: Plan, currency: string): number {
  const month = priceOf(plan, "month", currency);
  const year = priceOf(plan, "year", currency);
  return month && year ? Math.max(0, month.amount * 12 - year.amount) : 0;
}

/** The largest share, in whole per cent, that paying by the year saves with any of the plans. */
export function mostSaved(plans: readonly Plan[], currency: string): number {
  const shares = plans.map((plan) => {
    const month = priceOf(plan, "month", currency);
    return month ? yearlySaving(plan, currency) / (month.amount * 12) : 0;
  });
  return Math.floor(Math.max(0, ...shares) * 100);
}

/** What each block of further units of a meter costs in the currency, in minor units. */
export function meteredAmount({ amounts }: Metered, currency: string): number | undefined {
  return amounts.find((each) => each.currency === currency)?.amount;
}
