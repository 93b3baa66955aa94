import { expect, test } from "@playwright/test";
import { look } from "./look.ts";
import { countMails, linkTo } from "./mailbox.ts";
import { newAddress, password, signIn, signOut } from "./people.ts";
import { owner } from "./settings.ts";

test("an address is changed by the link in the mail to the new one, and not before", async ({ page }) => {
  const email = await owner(page, "Address house", "Profile");
  const profile = page.url();
  const next = newAddress("moved");
  const ask = async () => {
    await page.getByRole("button", { name: "Change e-mail" }).click();
    await page.getByLabel("New e-mail").fill(next);
    await page.getByRole("button", { name: "Send the link" }).click();
    await expect(page.getByText("Waiting for your confirmation")).toBeVisible();
  };
  await ask();
  await look(page, "email-pending");
  const canceled = await linkTo(next);
  await page.getByRole("button", { name: "Cancel the change" }).click();
  await expect(page.getByText("Waiting for your confirmation")).toHaveCount(0);
  await page.goto(canceled);
  await page.getByRole("button", { name: "Confirm this address" }).click();
  await expect(page.getByRole("alert")).toContainText("This link has been used, was canceled or is too old.");

  await page.goto(profile);
  const before = await countMails(next);
  await ask();
  await page.goto(await linkTo(next, before));
  await look(page, "email-confirm");
  await page.getByRole("button", { name: "Confirm this address" }).click();
  await expect(page.getByRole("heading", { name: "Your address is changed" })).toBeVisible();
  await page.getByRole("link", { name: "Go to your workspaces" }).click();
  await signOut(page);
  await signIn(page, email, password);
  await expect(page.getByRole("alert")).toHaveText("The e-mail or the password is wrong.");
  await signIn(page, next, password);
  await expect(page.getByText("Write your first note")).toBeVisible();
});

test("a name is changed everywhere at once", async ({ page }) => {
  await owner(page, "Name house", "Profile");
  await page.getByLabel("Name", { exact: true }).fill("Nora Lund");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "Account of Nora Lund" })).toBeVisible();
});
