import { expect, test } from "@playwright/test";
import { look } from "./look.ts";
import { newAddress, signUp, watch } from "./people.ts";
import { openSettings } from "./settings.ts";

test("a provider brings a new person in, and is linked and unlinked", async ({ page, browser }) => {
  watch(page);
  const email = newAddress("google");
  await page.goto("/sign-up");
  await page.getByRole("button", { name: "Continue with Google" }).click();
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Name", { exact: true }).fill("Gina Google");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Create your first workspace" })).toBeVisible();
  await page.getByLabel("Workspace name").fill("Provider house");
  await page.getByRole("button", { name: "Create workspace" }).click();
  await expect(page.getByText("Write your first note")).toBeVisible();
  await openSettings(page, "Profile");
  await expect(page.getByText(`${email} · last used`)).toBeVisible();
  await look(page, "settings-profile-linked");

  await page.getByRole("button", { name: "Link GitHub" }).click();
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Name", { exact: true }).fill("Gina Google");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("button", { name: "Unlink GitHub" })).toBeVisible();
  await page.getByRole("button", { name: "Unlink GitHub" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Unlink" }).click();
  await expect(page.getByRole("button", { name: "Link GitHub" })).toBeVisible();
  await page.getByRole("button", { name: "Unlink Google" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Unlink" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toBeVisible(); // it is the only way in

  await test.step("somebody else's address does not get in by a provider", async () => {
    const context = await browser.newContext();
    const taken = await context.newPage();
    const known = newAddress("known");
    await signUp(taken, known, "Known house");
    await context.clearCookies();
    await taken.goto("/sign-in");
    await taken.getByRole("button", { name: "Continue with Google" }).click();
    await taken.getByLabel("Email").fill(known);
    await taken.getByLabel("Name", { exact: true }).fill("Impostor");
    await taken.getByRole("button", { name: "Continue", exact: true }).click();
    await expect(taken.getByRole("heading", { name: "You already have an account" })).toBeVisible();
    await look(taken, "provider-account-exists");
    await context.close();
  });
});

test("who gives up at the provider is told so", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Continue with Google" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("alert")).toContainText("You did not sign in at the provider.");
  await page.getByRole("link", { name: "Back to sign in" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});
