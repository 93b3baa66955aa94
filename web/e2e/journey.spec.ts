import { expect, type Page, test } from "@playwright/test";
import { look } from "./look.ts";
import { linkTo } from "./mailbox.ts";
import { newAddress, password, saved, signInOperator, signOut, watch } from "./people.ts";
import { payAtCheckout } from "./plans.ts";

const workspace = `Northwind ${Date.now()}`;

test("from the landing page to a paid plan, and an operator who suspends it", async ({ page, browser }) => {
  test.setTimeout(300_000);
  watch(page);
  const email = newAddress("nora");

  await test.step("land, sign up, confirm the address", async () => {
    await page.goto("/");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Notes your whole team can rely on");
    await expect(page.getByText("$12", { exact: true })).toBeVisible();
    await look(page, "landing");
    await page.getByRole("banner").getByRole("link", { name: "Start free" }).click();
    await look(page, "sign-up");
    await page.getByLabel("E-mail").fill(email);
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await expect(page.getByText(email)).toBeVisible();
    await look(page, "check-mail");
    await page.goto(await linkTo(email));
    await expect(page.getByRole("heading", { name: "Finish your account" })).toBeVisible();
    await look(page, "verify");
    await page.getByLabel("Your name").fill("Nora Quist");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Create account" }).click();
  });

  await test.step("create a workspace", async () => {
    await expect(page.getByRole("heading", { name: "Create your first workspace" })).toBeVisible();
    await look(page, "new-workspace");
    await page.getByLabel("Workspace name").fill(workspace);
    await page.getByRole("button", { name: "Create workspace" }).click();
    await expect(page.getByText("Write your first note")).toBeVisible();
    await look(page, "notes-empty");
  });

  await test.step("write a note, reload and find it again", async () => {
    await newNote(page, "Shopping", "Milk, bread and a stapler");
    await look(page, "note");
    await page.reload();
    await expect(page.getByLabel("Title", { exact: true })).toHaveValue("Shopping");
    await expect(page.getByLabel("Text", { exact: true })).toHaveValue("Milk, bread and a stapler");
  });

  await test.step("delete it and undo that", async () => {
    await page.getByRole("button", { name: "Delete this note" }).click();
    await expect(page.getByText("Shopping moved to the trash")).toBeVisible();
    await expect(page.getByText("Write your first note")).toBeVisible();
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(page.getByLabel("Title", { exact: true })).toHaveValue("Shopping");
    await expect(noteLinks(page)).toHaveCount(1);
  });

  await test.step("fill the free plan", async () => {
    for (let count = 2; count <= 10; count++) await newNote(page, `Note ${count}`, `The text of note ${count}`);
    await expect(noteLinks(page)).toHaveCount(10);
    await page.getByRole("button", { name: "New note" }).click();
    const dialog = page.getByRole("dialog", { name: "Your plan is full" });
    await expect(dialog.getByText("Notes: all 10 of the Free plan are used.")).toBeVisible();
    await expect(dialog.getByText("$12")).toBeVisible();
    await look(page, "plan-full");
  });

  await test.step("pay for Pro", async () => {
    await page.getByRole("link", { name: "Upgrade to Pro" }).click();
    await expect(page.getByText("10 of 10")).toBeVisible();
    await look(page, "billing-free");
    await page.getByRole("button", { name: "Start 14-day trial" }).click();
    await payAtCheckout(page);
    await expect(page.getByText("Your trial of Pro has begun")).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText("10 of 1,000")).toBeVisible();
    await look(page, "billing-pro");
    await page.getByRole("button", { name: "Back to the notes" }).click();
    await newNote(page, "Eleventh", "There is room again");
  });

  await test.step("the operator finds and suspends it, and the customer is told", async () => {
    const context = await browser.newContext();
    const console = await context.newPage();
    watch(console);
    await signInOperator(console);
    await look(console, "operator-tenants");
    await console.getByRole("searchbox").fill(workspace);
    await expect(console).toHaveURL(/\?q=/);
    const row = console.getByRole("row", { name: workspace });
    await expect(row).toContainText("pro");
    await row.getByRole("link").click();
    await expect(console.getByRole("heading", { level: 1 })).toContainText(workspace);
    await console.getByRole("button", { name: "Suspend" }).click();
    await console.getByLabel("Reason").fill("Payment dispute");
    await look(console, "operator-suspend");

    // The customer's page is open, and nobody has touched it since before the operator signed in.
    const notice = page.getByRole("heading", { name: `${workspace} is suspended` });
    const suspended = console.waitForResponse((response) => response.url().endsWith("/suspend"));
    await console.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
    expect((await suspended).status()).toBe(200);
    await expect(notice).toBeVisible({ timeout: 1_000 });
    await look(page, "suspended");
    await expect(console.getByText("nobody can open this workspace")).toBeVisible();
    await expect(console.getByText("tenant.suspend")).toBeVisible();
    await look(console, "operator-tenant");

    await console.getByRole("button", { name: "Restore" }).click();
    await console.getByLabel("Reason").fill("The dispute is settled");
    await console.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    await expect(page.getByLabel("Title", { exact: true })).toHaveValue("Eleventh", { timeout: 15_000 });
    await console.getByRole("link", { name: "Audit log" }).click();
    await expect(console.getByText("tenant.restore").first()).toBeVisible();
    await look(console, "operator-audit");
    await context.close();
  });

  await test.step("sign out, and nothing is left behind", async () => {
    await signOut(page);
    await page.goBack();
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await expect(page.getByText("Eleventh")).toHaveCount(0);
  });
});

const noteLinks = (page: Page) => page.getByRole("region", { name: "Notes" }).getByRole("listitem");

async function newNote(page: Page, title: string, body: string) {
  await page.getByRole("button", { name: "New note" }).first().click();
  await expect(page.getByLabel("Title", { exact: true })).toHaveValue("Untitled");
  await page.getByLabel("Title", { exact: true }).fill(title);
  await page.getByLabel("Text", { exact: true }).fill(body);
  await saved(page);
  await expect(noteLinks(page).filter({ hasText: title }).filter({ hasText: body })).toHaveCount(1);
}
