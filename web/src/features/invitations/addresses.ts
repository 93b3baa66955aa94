/** How many people one request may invite. */
export const mostAddresses = 50;

export type Addresses = {
  /** Each once, in the order in which they were typed. */
  valid: string[];
  /** What looks like no address. */
  invalid: string[];
};

// As strict as a typing mistake needs: the server has the last word.
const plain = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\]+\.[^\s@<>(),;:"[\]\\.]{2,}$/;

/** Reads what people paste: addresses by comma, semicolon, space or line, with or without a name as in "Ada <ada@example.com>". */
export function readAddresses(text: string): Addresses {
  const found: Addresses = { valid: [], invalid: [] };
  const seen = new Set<string>();
  for (const part of parts(text)) {
    const address = part.replace(/^mailto:/i, "");
    const key = address.toLowerCase();
    if (seen.has(key)) continue;
    seen.add(key);
    (plain.test(address) && address.length <= 254 ? found.valid : found.invalid).push(address);
  }
  return found;
}

function parts(text: string): string[] {
  return text
    .split(/[\n;]/)
    .flatMap((line) => withoutNames(line).split(/[\s,]+/))
    .filter((part) => part !== "");
}

// "Lovelace, Ada" <ada@example.com>, Ben <ben@example.com>: what stands in angle brackets is what counts, the rest are names.
function withoutNames(line: string): string {
  if (!line.includes("<")) return line;
  const bracketed = [...line.matchAll(/<([^<>]*)>/g)].map((match) => match[1] ?? "");
  const bare = line.replace(/"[^"]*"|<[^<>]*>/g, " ").match(/[^\s,]+@[^\s,]+/g);
  return [...bracketed, ...(bare ?? [])].join(" ");
}
