import { formatLocale } from "./i18n";

const second = 1000;
const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 24 * 3600 * second],
  ["month", 30 * 24 * 3600 * second],
  ["week", 7 * 24 * 3600 * second],
  ["day", 24 * 3600 * second],
  ["hour", 3600 * second],
  ["minute", 60 * second],
];

const relative = new Intl.RelativeTimeFormat(formatLocale, { numeric: "auto" });
const dateTime = new Intl.DateTimeFormat(formatLocale, { dateStyle: "medium", timeStyle: "short" });
const date = new Intl.DateTimeFormat(formatLocale, { dateStyle: "medium" });
const day = new Intl.DateTimeFormat(formatLocale, { day: "numeric", month: "short", timeZone: "UTC" });
const number = new Intl.NumberFormat(formatLocale);
const percent = new Intl.NumberFormat(formatLocale, { style: "percent", maximumFractionDigits: 1 });

/** "5 minutes ago", in the visitor's language; under a minute it is "now". */
export function formatAgo(iso: string, now = Date.now()): string {
  const delta = Date.parse(iso) - now;
  const [unit, size] = units.find(([, length]) => Math.abs(delta) >= length) ?? ["second", second];
  return unit === "second" ? relative.format(0, "second") : relative.format(Math.round(delta / size), unit);
}

export const formatDateTime = (iso: string): string => dateTime.format(new Date(iso));
export const formatDate = (iso: string): string => date.format(new Date(iso));
/** A day of UTC without its year, from "2026-11-22". */
export const formatDay = (iso: string): string => day.format(new Date(iso));
export const formatNumber = (value: number): string => number.format(value);

/** A part of 1, such as "2.5%". */
export const formatPercent = (share: number): string => percent.format(share);

/** An amount in minor units of its currency ("$12", "$12.50"); whole amounts lose their zeros. */
export function formatMoney(minor: number, currency: string, locale = formatLocale): string {
  const style = { style: "currency", currency: currency.toUpperCase() } as const;
  const digits = new Intl.NumberFormat(locale, style).resolvedOptions().maximumFractionDigits ?? 2;
  const amount = minor / 10 ** digits;
  return new Intl.NumberFormat(locale, { ...style, minimumFractionDigits: Number.isInteger(amount) ? 0 : digits }).format(amount);
}
