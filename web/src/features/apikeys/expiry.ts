const dayMs = 24 * 3600 * 1000;

/** How long a new key works: a number of days, until a day that is chosen, or until it is revoked. */
export const expiryChoices = ["30", "90", "365", "date", "never"] as const;

export type ExpiryChoice = (typeof expiryChoices)[number];

export const isExpiryChoice = (text: string): text is ExpiryChoice => (expiryChoices as readonly string[]).includes(text);

/** The moment of the choice; `date` is "2027-01-31" and counts to its end where the person is. Undefined: never, or a date that is none. */
export function expiryOf(choice: ExpiryChoice, date: string, now = Date.now()): string | undefined {
  if (choice === "never") return undefined;
  if (choice !== "date") return new Date(now + Number(choice) * dayMs).toISOString();
  const end = new Date(`${date}T23:59:59`);
  return Number.isNaN(end.getTime()) ? undefined : end.toISOString();
}

/** The first day that can be chosen, as an input of type date wants it: tomorrow, where the person is. */
export function firstDay(now = Date.now()): string {
  const day = new Date(now + dayMs);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
