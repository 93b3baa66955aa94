import { expect, type Page, test } from "@playwright/test";
import { look } from "./look.ts";
import { newAddress, signUp, watch } from "./people.ts";
import { cards, payAtCheckout, renew, subscribe } from "./plans.ts";
import { card, openSettings } from "./settings.ts";

const plan = (page: Page, name: string) =>
  page
    .getByRole("region", { name: "Plans" })
    .getByRole("listitem")
    .filter({ has: page.getByRole("heading", { name, exact: true }) });

/** Somebody new with a workspace, on its billing page. */
async function customer(page: Page, name: string): Promise<string> {
  watch(page);
  const email = newAddress(name);
  await signUp(page, email, `Plover ${name} ${Date.now().toString(36)}`);
  await openSettings(page, "Billing");
  return email;
}

test("prices are shown by the month or the year, and in the visitor's currency", async ({ page, browser }) => {
  watch(page);
  await page.goto("/#pricing");
  const pricing = page.locator("#pricing");
  await expect(pricing.getByText("$12", { exact: true })).toBeVisible();
  await expect(pricing.getByText("14 days free")).toBeVisible();
  await pricing.locator("label", { hasText: "Yearly" }).click();
  await expect(pricing.getByText("$10", { exact: true })).toBeVisible();
  await expect(pricing.getByText("$12", { exact: true })).toBeHidden();
  await expect(pricing.getByText("saves $24")).toBeVisible();
  await pricing.getByLabel("Currency").selectOption("eur");
  await expect(pricing.getByText("€110 per seat billed yearly")).toBeVisible();
  await expect(pricing.getByText(/then €0.45 per 1,000/)).toBeVisible();
  await look(page, "pricing-yearly");

  const german = await (await browser.newContext({ locale: "de-DE" })).newPage();
  await german.goto("/#pricing");
  await expect(german.locator("#pricing").getByText("€11", { exact: true })).toBeVisible();
  await german.context().close();
});

test("a trial by the year, another plan after a preview, and the way out and back", async ({ page }) => {
  test.setTimeout(300_000);
  await customer(page, "life");

  await test.step("start a trial, paid by the year", async () => {
    await page.getByText("Yearly").click();
    await plan(page, "Pro").getByRole("button", { name: "Start 14-day trial" }).click();
    await payAtCheckout(page);
    await expect(page.getByText("Your trial of Pro has begun")).toBeVisible({ timeout: 30_000 });
    await expect(card(page, "Pro plan")).toContainText("$120 a year");
    await expect(card(page, "Pro plan")).toContainText("1 member, 1 seat paid");
    await expect(card(page, "Payment method")).toContainText("Visa ending in 4242");
    await expect(card(page, "Usage")).toContainText("API calls");
    await look(page, "billing-trial");
  });

  await test.step("change to Business by the month, after a look at the amounts", async () => {
    await page.getByText("Monthly").click();
    await plan(page, "Business").getByRole("button", { name: "Change to Business" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText("Due now")).toBeVisible();
    await expect(dialog.getByText(/Then \$99 a month from/)).toBeVisible();
    await look(page, "billing-change");
    await dialog.getByRole("button", { name: /^Change (plan|and pay)/ }).dblclick();
    await expect(page.getByText("You are on the Business plan")).toBeVisible({ timeout: 30_000 });
    await expect(card(page, "Business plan")).toContainText("$99 a month");
    await expect(dialog).toHaveCount(0);
  });

  await test.step("cancel with a reason, and take it back", async () => {
    await page.getByRole("button", { name: "Cancel plan" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText("Everything in it stays")).toBeVisible();
    await dialog.getByRole("button", { name: "Cancel Business" }).click();
    await expect(dialog.getByText("Choose a reason.")).toBeVisible();
    await expect(dialog.getByLabel("Why do you cancel?")).toBeFocused();
    await dialog.getByLabel("Why do you cancel?").selectOption("unused");
    await dialog.getByLabel("What should we know?").fill("We write less in winter.");
    await look(page, "billing-cancel");
    await dialog.getByRole("button", { name: "Cancel Business" }).click();
    await expect(page.getByText(/This plan ends on/)).toBeVisible();
    await look(page, "billing-canceled");
    await page.getByRole("button", { name: "Keep Business" }).click();
    await expect(page.getByText(/This plan ends on/)).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Cancel plan" })).toBeVisible();
  });
});

test("invoices, a change that the card refuses, and a pause", async ({ page }) => {
  test.setTimeout(300_000);
  await customer(page, "bills");
  await expect(page.getByText("No invoices yet")).toBeVisible();
  await look(page, "billing-new");
  await subscribe(page, "Business");

  await test.step("the invoice of the first payment", async () => {
    const row = card(page, "Invoices").getByRole("row").nth(1);
    await expect(row).toContainText("$99");
    await expect(row).toContainText("Paid");
    await expect(row.getByRole("link", { name: /as PDF$/ })).toHaveAttribute("href", /^http/);
    await look(page, "billing-business");
  });

  await test.step("a card that is refused later", async () => {
    await page.getByRole("button", { name: "Change card" }).click();
    await page.getByLabel("Card number").fill(cards.failsLater);
    await page.getByLabel("Expiry").fill("11 / 35");
    await page.getByLabel("CVC").fill("123");
    await page.getByLabel("Cardholder name").fill("Nora Quist");
    await page.getByRole("button", { name: "Save card" }).click();
    await page.waitForURL(/settings\/billing/);
    await expect(card(page, "Payment method")).toContainText("ending in 0341");
    await page.getByText("Yearly").click();
    await plan(page, "Business").getByRole("button", { name: "Change to yearly" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: /^Change and pay \$/ }).click();
    await expect(dialog.getByRole("alert")).toBeVisible({ timeout: 30_000 });
    await expect(dialog.getByRole("button", { name: "Change card" })).toBeVisible();
    await look(page, "billing-declined");
    await dialog.getByRole("button", { name: "Not now" }).click();
    await expect(card(page, "Business plan")).toContainText("$99 a month");
  });

  await test.step("pause, and go on", async () => {
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("For how long").selectOption("2");
    await look(page, "billing-pause");
    await dialog.getByRole("button", { name: "Pause Business" }).click();
    await expect(page.getByText(/^Paused until/)).toBeVisible();
    await expect(page.getByText(/Business is paused until/)).toBeVisible();
    await look(page, "billing-paused");
    await page.getByRole("button", { name: "Resume now" }).click();
    await expect(page.getByText(/is paused until/)).toHaveCount(0);
    await expect(card(page, "Business plan")).toContainText("Active");
  });
});

test("a payment that fails: a warning, then read only, then paid", async ({ page }) => {
  test.setTimeout(300_000);
  const email = await customer(page, "late");
  await subscribe(page, "Pro", cards.failsLater);
  await expect(card(page, "Pro plan")).toContainText("Trial");

  await test.step("past due on every page", async () => {
    await renew(email);
    const warning = page.getByRole("status").filter({ hasText: "becomes read only" });
    await expect(async () => {
      await page.goto(page.url().replace(/\/settings.*/, "/notes"));
      await expect(warning).toContainText("The payment of $12 failed", { timeout: 3_000 });
    }).toPass();
    await look(page, "notes-past-due");
    await warning.getByRole("link", { name: "Update card" }).click();
    await expect(page.getByText(/The last payment failed/)).toBeVisible();
    await look(page, "billing-past-due");
  });
});

test("a workspace that did not pay for too long is read only until it pays", async ({ page }) => {
  test.setTimeout(300_000);
  const email = await customer(page, "over");
  await subscribe(page, "Pro", cards.failsLater);
  await renew(email, 20);
  await expect(page.getByText("This workspace is read only, because a payment failed.")).toBeVisible({ timeout: 30_000 });
  await page.goto(page.url().replace(/\/settings.*/, "/notes"));
  await page.getByRole("button", { name: "New note" }).first().click();
  await expect(page.getByText("The note was not created")).toBeVisible();
  await look(page, "notes-read-only");

  await openSettings(page, "Billing");
  const bill = card(page, "Invoices").getByRole("row").filter({ hasText: "Open" });
  const pay = await bill.getByRole("link", { name: /^Open invoice/ }).getAttribute("href");
  const billing = page.url();
  await page.goto(pay ?? "");
  await page.getByLabel("Card number").fill(cards.pays);
  await page.getByRole("button", { name: /^Pay/ }).click();
  await page.goto(billing);
  await expect(page.getByText("This workspace is read only")).toHaveCount(0, { timeout: 30_000 });
  await expect(card(page, "Pro plan")).toContainText("Active");
});

test("what the plan lacks is explained, with the plan that has it and its price", async ({ page }) => {
  await customer(page, "small");
  await openSettings(page, "Domains");
  await page.getByRole("button", { name: "Add a domain" }).click();
  await page.getByLabel("Domain", { exact: true }).fill("plover.example");
  await page.getByRole("button", { name: "Add domain" }).click();
  const dialog = page.getByRole("dialog", { name: "Your plan does not include this" });
  await expect(dialog.getByText("$12")).toBeVisible();
  await look(page, "limit");
  await dialog.getByRole("link", { name: "Upgrade to Pro" }).click();
  await expect(page.getByRole("heading", { name: "Plans" })).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
});
