import { expect, type Page } from "@playwright/test";
import { stack } from "./stack.ts";

/** Test cards of the payment provider's documentation. */
export const cards = { pays: "4242 4242 4242 4242", failsLater: "4000 0000 0000 0341" } as const;

/** Fills in the checkout of the payment provider, and comes back. */
export async function payAtCheckout(page: Page, card: string = cards.pays): Promise<void> {
  await page.getByLabel("Card number").fill(card);
  await page.getByLabel("Expiry").fill("12 / 34");
  await page.getByLabel("CVC").fill("123");
  await page.getByLabel("Cardholder name").fill("Nora Quist");
  await page.getByLabel("Country (two letters)").fill("DE");
  await page.getByLabel("Address").fill("Torstraße 1");
  await page.getByRole("button", { name: /^(Subscribe|Start trial)$/ }).click();
  await page.waitForURL(/settings\/billing/);
}

/** The page's workspace subscribes, by the screens; ends on the billing page, which shows the plan. */
export async function subscribe(page: Page, plan: "Pro" | "Business", card: string = cards.pays): Promise<void> {
  const slug = new URL(page.url()).pathname.split("/")[2];
  await page.goto(`/t/${slug}/settings/billing`);
  await page.getByRole("button", { name: plan === "Pro" ? "Start 14-day trial" : `Subscribe to ${plan}` }).click();
  await payAtCheckout(page, card);
  await expect(page.getByRole("heading", { name: `${plan} plan` })).toBeVisible({ timeout: 30_000 });
}

/** Ends the present period of the customer's subscription so many days ago, and charges the next one. */
export async function renew(email: string, daysAgo = 0): Promise<void> {
  const answer = await fetch(`${stack.stripe_url}/_emulator/renewals`, {
    method: "POST",
    body: JSON.stringify({ email, days_ago: daysAgo }),
  });
  expect(answer.status, await answer.text()).toBe(200);
}
