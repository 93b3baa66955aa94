import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { look } from "./look.ts";
import { password, signIn } from "./people.ts";
import { card, owner } from "./settings.ts";

test("what matters asks again who it is, and then goes on", async ({ page }) => {
  await owner(page, "Proof house", "Security");
  // Ten minutes after signing in, in short.
  await page.route(
    "**/api/v1/me/password",
    (route) =>
      route.fulfill({
        status: 403,
        contentType: "application/problem+json",
        body: JSON.stringify({ status: 403, code: "reauthentication_required", detail: "Confirm that it is you." }),
      }),
    { times: 1 },
  );
  const chosen = "another stapler under the bridge";
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByLabel("New password").fill(chosen);
  await page.getByRole("dialog").getByRole("button", { name: "Change password" }).click();
  const proof = page.getByRole("dialog", { name: "Confirm that it is you" });
  await expect(proof.getByLabel("Password", { exact: true })).toBeFocused();
  await look(page, "proof");
  await proof.getByLabel("Password", { exact: true }).fill("not the password at all");
  await page.keyboard.press("Enter");
  await expect(proof.getByRole("alert")).toBeVisible();
  await proof.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
  await expect(page.getByText("Your password is changed")).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Change password" })).toBeFocused();
  await page.reload();
  await expect(card(page, "Recent activity").getByText("You confirmed that it is you")).toBeVisible();
});

async function elsewhere(context: BrowserContext, email: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto("/sign-in");
  await signIn(page, email, password);
  await expect(page.getByText("Write your first note")).toBeVisible();
  return page;
}

test("sessions are seen and ended from another one", async ({ page, browser }) => {
  const email = await owner(page, "Session house", "Security");
  const others = await Promise.all([browser.newContext(), browser.newContext()]);
  const pages = await Promise.all(others.map((context) => elsewhere(context, email)));
  await page.reload();
  const rows = card(page, "Sessions").getByRole("listitem");
  await expect(rows).toHaveCount(3);
  await expect(rows.first()).toContainText("This browser");
  await rows
    .last()
    .getByRole("button", { name: /^Sign out/ })
    .click();
  await expect(rows).toHaveCount(2);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(rows).toHaveCount(1);
  for (const other of pages) await expect(other.getByRole("heading", { name: "Sign in" })).toBeVisible({ timeout: 20_000 });
  await Promise.all(others.map((context) => context.close()));
});
