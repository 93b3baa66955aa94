import { expect } from "@playwright/test";
import { stack } from "./stack.ts";

type Mail = { id: string; subject: string; text: string };

async function mailsTo(address: string): Promise<Mail[]> {
  const response = await fetch(`${stack.mailbox_url}/messages.json?to=${encodeURIComponent(address)}`);
  return (await response.json()) ?? [];
}

/** How many mails the address has had; pass it to the functions below to wait for the next one. */
export async function countMails(address: string): Promise<number> {
  return (await mailsTo(address)).length;
}

/** What the pattern finds first in the newest mail to the address that came after the first `before` ones. */
async function newest(address: string, pattern: RegExp, before: number): Promise<string> {
  let found: string | undefined;
  await expect
    .poll(async () => {
      const mails = await mailsTo(address);
      found = mails.length > before ? mails[0]?.text.match(pattern)?.[0] : undefined;
      return found;
    }, `a mail to ${address} with ${pattern}`)
    .toBeTruthy();
  return found ?? "";
}

export const linkTo = (address: string, before = 0) => newest(address, /https?:\/\/\S+#\S+/, before);
export const codeTo = (address: string, before = 0) => newest(address, /\b\d{6}\b/, before);
