import { expect, type Page, test } from "@playwright/test";
import { look } from "./look.ts";
import { newAddress, signInOperator, signUp, watch } from "./people.ts";

const disputedCard = "4000 0000 0000 0259";

/** The access token of the page's workspace, as the page itself sends it. */
async function tokenOf(page: Page): Promise<Record<string, string>> {
  const [request] = await Promise.all([page.waitForRequest((sent) => "authorization" in sent.headers()), page.reload()]);
  return { Authorization: request.headers().authorization ?? "" };
}

async function subscribe(page: Page, plan: string, card: string): Promise<void> {
  const checkout = await page.request.post("/api/v1/billing/checkout", {
    data: { plan, interval: "month", currency: "usd" },
    headers: await tokenOf(page),
  });
  expect(checkout.status(), await checkout.text()).toBe(200);
  await page.goto((await checkout.json()).url);
  await page.getByLabel("Card number").fill(card);
  await page.getByLabel("Expiry").fill("12 / 34");
  await page.getByLabel("CVC").fill("123");
  await page.getByLabel("Cardholder name").fill("Nora Quist");
  await page.getByLabel("Country (two letters)").fill("DE");
  await page.getByLabel("Address").fill("Torstraße 1");
  await page.getByRole("button", { name: /^(Subscribe|Pay|Start)/ }).click();
  await page.waitForURL(/settings\/billing/);
}

/** Calls the API with a key of the workspace. */
async function useKey(page: Page, times: number): Promise<void> {
  const made = await page.request.post("/api/v1/api-keys", {
    data: { name: "Import", scopes: ["tenant:read"] },
    headers: await tokenOf(page),
  });
  expect(made.status(), await made.text()).toBe(201);
  const { secret } = await made.json();
  for (let call = 0; call < times; call++) {
    const answer = await page.request.get("/api/v1/tenant", { headers: { Authorization: `Bearer ${secret}` } });
    expect(answer.status()).toBe(200);
  }
}

test("the operator sees who pays, what it brings, what Stripe said, and applies an event again", async ({ page, browser }) => {
  watch(page);
  const workspace = `Heron ${Date.now().toString(36)}`;
  await signUp(page, newAddress("heron"), workspace);
  await subscribe(page, "business", disputedCard);
  await useKey(page, 3);

  const console = await (await browser.newContext()).newPage();
  watch(console);
  await signInOperator(console);
  const open = (name: string) =>
    console.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
  const row = console.getByRole("row", { name: workspace });

  await test.step("subscriptions", async () => {
    await open("Subscriptions");
    await expect(async () => {
      await console.reload();
      await expect(row).toContainText("Active", { timeout: 2_000 });
    }).toPass();
    for (const text of ["business", "$99 a month", "1"]) await expect(row).toContainText(text);
    await expect(row.getByRole("link", { name: `Show ${workspace} at Stripe` })).toHaveAttribute("href", /^http/);
    await look(console, "operator-subscriptions");
    await console.getByLabel("Status").selectOption("Unpaid");
    await expect(console).toHaveURL(/status=unpaid/);
    await expect(console.getByText("No subscription has this status")).toBeVisible();
    await look(console, "operator-subscriptions-none");
    await console.goBack();
    await expect(row).toBeVisible();
  });

  await test.step("revenue", async () => {
    await open("Revenue");
    await expect(console.getByRole("heading", { name: "Monthly recurring revenue" })).toBeVisible();
    const dollars = console.locator("dl > div").filter({ has: console.getByText("USD", { exact: true }) });
    await expect(dollars).toContainText(/\$\d/);
    await expect(dollars).toContainText(/from \d+ subscription/);
    await look(console, "operator-revenue");
    await console.getByRole("link", { name: "Active", exact: true }).click();
    await expect(console).toHaveURL(/subscriptions\?status=active/);
    await expect(row).toBeVisible();
  });

  await test.step("an event is applied again", async () => {
    await open("Stripe events");
    const event = row.filter({ hasText: "customer.subscription.created" });
    await expect(event).toContainText("Applied");
    const attempts = event.getByRole("cell").nth(3);
    const before = Number(await attempts.textContent());
    await event.getByRole("button", { name: "Apply customer.subscription.created again" }).press("Enter");
    await expect(console.getByText("The event will be applied in a moment")).toBeVisible();
    await expect(attempts).toHaveText(String(before + 1), { timeout: 20_000 });
    await expect(event).toContainText("Applied", { timeout: 20_000 });
    await look(console, "operator-events");
    await console.getByLabel("State").selectOption("Ignored");
    await expect(console).toHaveURL(/state=ignored/);
    await expect(row).toHaveCount(0);
  });

  await test.step("a dispute", async () => {
    await open("Refunds and disputes");
    await expect(async () => {
      await console.reload();
      await expect(row).toContainText("Dispute", { timeout: 2_000 });
    }).toPass();
    await expect(row).toContainText("$99");
    await look(console, "operator-incidents");
  });

  await test.step("what the workspace uses", async () => {
    await row.getByRole("link", { name: workspace }).click();
    await expect(console.getByRole("heading", { level: 1 })).toContainText(workspace);
    await expect(console.getByRole("heading", { name: "API calls" })).toContainText("3 this month");
    await expect(console.getByRole("img", { name: /API calls by the day/ })).toBeVisible();
    await expect(console.getByText("billing.replay_event").first()).toBeVisible();
    await look(console, "operator-tenant-usage");
  });
  await console.context().close();
});
