import { expect, type Page, test } from "@playwright/test";
import { addAuthenticator, codeOf } from "./authenticator.ts";
import { look } from "./look.ts";
import { newAddress, password, signIn, signOut } from "./people.ts";
import { card, invite, join, openSettings, owner } from "./settings.ts";

/** Turns the authenticator app on; returns its key and the recovery codes. */
async function turnOn(page: Page): Promise<{ key: string; codes: string[] }> {
  await page.getByRole("button", { name: "Set up" }).click();
  await expect(page.getByAltText("QR code")).toBeVisible();
  const key = (await page.getByRole("dialog").locator("code").textContent()) ?? "";
  await page.getByLabel("Code", { exact: true }).fill(codeOf(key));
  await page.getByRole("button", { name: "Turn on" }).click();
  const codes = page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await expect(codes).toHaveCount(10);
  return { key, codes: await codes.allInnerTexts() };
}

test("a second factor is set up, asked for, and replaced by a recovery code when the phone is gone", async ({ page }) => {
  const email = await owner(page, "Factor house", "Security");
  await expect(card(page, "Recent activity").getByRole("listitem").first()).toBeVisible();
  await look(page, "security");

  await page.getByRole("button", { name: "Set up" }).click();
  await expect(page.getByAltText("QR code")).toBeVisible();
  await look(page, "second-factor-setup");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: "Set up" })).toBeFocused();

  const { key, codes } = await turnOn(page);
  await look(page, "recovery-codes");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  expect((await download).suggestedFilename()).toMatch(/recovery-codes\.txt$/);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(card(page, "Authenticator app").getByText("10 of 10 left")).toBeVisible();

  await signOut(page);
  await signIn(page, email, password);
  await expect(page.getByRole("heading", { name: "Enter the code" })).toBeVisible();
  await look(page, "sign-in-code");
  await page.getByLabel("Code", { exact: true }).fill("000000");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toHaveText("This code is wrong or was already used.");
  await page.getByLabel("Code", { exact: true }).fill(codeOf(key, 1));
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Write your first note")).toBeVisible();

  await signOut(page);
  await signIn(page, email, password);
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  await page.getByLabel("Recovery code").fill(codes[0] ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Write your first note")).toBeVisible();
  await openSettings(page, "Security");
  await expect(card(page, "Authenticator app").getByText("9 of 10 left")).toBeVisible();
  await look(page, "security-on");

  await page.getByRole("button", { name: "Make new codes" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make new codes" }).click();
  await expect(page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem")).toHaveCount(10);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByRole("button", { name: "Turn off" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByRole("button", { name: "Set up" })).toBeVisible();
});

test("a passkey is made, renamed, offered at sign-in, and removed", async ({ page }) => {
  await addAuthenticator(page);
  await owner(page, "Passkey house", "Security");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Chrome on Linux");
  await look(page, "passkey-add");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByText("The passkey is added")).toBeVisible();
  await page.getByRole("button", { name: "Rename Chrome on Linux" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Work laptop");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(card(page, "Passkeys").getByText("Work laptop")).toBeVisible();

  await test.step("from the list of saved accounts", async () => {
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByText("Write your first note")).toBeVisible();
  });

  await openSettings(page, "Security");
  await expect(card(page, "Sessions").getByText("Signed in with a passkey").first()).toBeVisible();
  await look(page, "passkeys");
  await page.getByRole("button", { name: "Remove Work laptop" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("No passkeys yet")).toBeVisible();
});

test("an owner demands a second factor, and a member is led to setting one up and back", async ({ page, browser }) => {
  await owner(page, "Locked house", "Workspace");
  const demand = page.getByRole("switch", { name: "Require a second factor" });
  await demand.click();
  await expect(page.getByRole("alert")).toContainText("You would shut yourself out");
  await openSettings(page, "Security");
  await turnOn(page);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await openSettings(page, "Members");
  const address = newAddress("member");
  await invite(page, address);
  const member = await join(browser, address, "Max Member");
  await openSettings(page, "Workspace");
  await demand.click();
  await expect(demand).toBeChecked();

  await expect(member.getByRole("heading", { name: "Locked house asks for a second factor" })).toBeVisible();
  await look(member, "second-factor-gate");
  await member.getByRole("link", { name: "Set one up" }).click();
  await expect(member.getByText("then you can go on to Locked house")).toBeVisible();
  await look(member, "second-factor-gate-setup");
  await turnOn(member);
  await expect(member.getByText("then you can go on to Locked house")).toHaveCount(0);
  // What was shown when the lock opened is still there.
  await expect(member.getByRole("list", { name: "Recovery codes" }).getByRole("listitem")).toHaveCount(10);
  await member.getByRole("button", { name: "I have kept them" }).click();
  await member.getByRole("link", { name: "Notes" }).click();
  await expect(member.getByText("Write your first note")).toBeVisible();
});
