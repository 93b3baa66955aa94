import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { look } from "./look.ts";
import { newAddress, saved, signUp, watch } from "./people.ts";

async function noteIn(page: Page, workspace: string): Promise<string> {
  await signUp(page, newAddress("writer"), workspace);
  await page.getByRole("button", { name: "New note" }).first().click();
  await page.getByLabel("Title", { exact: true }).fill("Plan");
  await page.getByLabel("Text", { exact: true }).fill("one");
  await saved(page);
  return page.url();
}

const text = (page: Page) => page.getByLabel("Text", { exact: true });

async function secondTab(context: BrowserContext, url: string): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto(url);
  await expect(text(tab)).toHaveValue("one");
  return tab;
}

test("two who write at once see both texts and choose", async ({ page, context }) => {
  watch(page);
  const other = await secondTab(context, await noteIn(page, "Conflict house"));
  await text(page).fill("mine");
  await saved(page);
  await text(other).fill("theirs, written elsewhere");
  const panel = other.getByRole("alert").filter({ hasText: "changed somewhere else" });
  await expect(panel).toBeVisible();
  await expect(panel).toContainText("mine");
  await look(other, "conflict");
  await other.getByRole("button", { name: "Keep mine" }).click();
  await saved(other);
  await text(page).fill("mine again");
  await expect(page.getByRole("alert").filter({ hasText: "changed somewhere else" })).toBeVisible();
  await page.getByRole("button", { name: "Take theirs" }).click();
  await expect(text(page)).toHaveValue("theirs, written elsewhere");
});

test("what is written without a connection is kept through a reload and saved later", async ({ page, context }) => {
  await noteIn(page, "Tunnel house");
  await context.setOffline(true);
  await text(page).fill("written in a tunnel");
  await expect(page.getByText("Not saved yet, trying again")).toBeVisible();
  await context.setOffline(false);
  await saved(page);
  await context.route("**/api/v1/notes/*", (route) => (route.request().method() === "PATCH" ? route.abort() : route.continue()));
  await text(page).fill("written before a crash");
  await expect(page.getByText("Not saved yet, trying again")).toBeVisible();
  await context.unroute("**/api/v1/notes/*");
  await page.reload();
  await expect(text(page)).toHaveValue("written before a crash");
  await saved(page);
});

test("the list says when it cannot be loaded, and tries again", async ({ page, context }) => {
  await noteIn(page, "Error house");
  await context.route("**/api/v1/notes?*", (route) =>
    route.fulfill({
      status: 500,
      contentType: "application/problem+json",
      body: JSON.stringify({ code: "internal", detail: "Something went wrong on our side.", request_id: "abc123" }),
    }),
  );
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("abc123", { timeout: 15_000 });
  await look(page, "notes-error");
  await context.unroute("**/api/v1/notes?*");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("region", { name: "Notes" }).getByRole("listitem")).toHaveCount(1);
});

test("the trash gives back", async ({ page }) => {
  await noteIn(page, "Trash house");
  await page.getByRole("button", { name: "Delete this note" }).click();
  await page.getByRole("link", { name: "Trash", exact: true }).click();
  await page.getByRole("button", { name: "Restore Plan" }).click();
  await expect(page.getByText("Plan is back in your notes")).toBeVisible();
  await page.getByRole("navigation", { name: "Lists" }).getByRole("link", { name: "Notes" }).click();
  await expect(page.getByRole("region", { name: "Notes" }).getByRole("listitem")).toHaveCount(1);
});
