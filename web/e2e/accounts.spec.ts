import { expect, test } from "@playwright/test";
import { countMails, linkTo } from "./mailbox.ts";
import { newAddress, signIn, signOut, signUp, watch } from "./people.ts";
import { userWith } from "./stack.ts";

test("a wrong password is said so, and what was typed stays", async ({ page }) => {
  await page.goto("/sign-in");
  await signIn(page, userWith("viewer"), "certainly not the password");
  await expect(page.getByRole("alert")).toHaveText("The e-mail or the password is wrong.");
  await expect(page.getByRole("alert")).toBeFocused();
  await expect(page.getByLabel("E-mail")).toHaveValue(userWith("viewer"));
});

test("signing in goes on to the page that was asked for", async ({ page }) => {
  await page.goto("/t/acme/settings/members");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await signIn(page, userWith("member"));
  await expect(page.getByText("Who can open this workspace")).toBeVisible();
  await expect(page).toHaveURL(/\/t\/acme\/settings\/members$/);
});

test("O7: a next to another site leads home", async ({ page, baseURL }) => {
  for (const next of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)"]) {
    await page.context().clearCookies();
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await signIn(page, userWith("member"));
    await expect(page.getByRole("heading", { name: "Choose a workspace" })).toBeVisible();
    expect(page.url()).toBe(`${baseURL}/t`);
  }
});

test("a forgotten password is replaced, and the old one and its sessions end", async ({ page, browser }) => {
  watch(page);
  const email = newAddress("reset");
  const [old, chosen] = ["the first password of all", "the second password of all"];
  await signUp(page, email, "Reset house", old);

  const other = await (await browser.newContext()).newPage();
  const before = await countMails(email);
  await other.goto("/forgot");
  await other.getByLabel("E-mail").fill(email);
  await other.getByRole("button", { name: "Send the link" }).click();
  await expect(other.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  const link = await linkTo(email, before);
  await other.goto(link);
  await other.getByLabel("New password").fill("password");
  await other.getByRole("button", { name: "Change password" }).click();
  await expect(other.getByText("Use at least 15 characters.")).toBeVisible();
  await other.getByLabel("New password").fill(chosen);
  await other.getByRole("button", { name: "Change password" }).click();
  await expect(other.getByText("Your password is changed")).toBeVisible();

  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible({ timeout: 15_000 });
  await signIn(other, email, old);
  await expect(other.getByRole("alert")).toBeVisible();
  await signIn(other, email, chosen);
  await expect(other.getByText("Write your first note")).toBeVisible();

  await page.goto(link);
  await page.getByLabel("New password").fill("the third password of all");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("alert")).toContainText("This link has been used or is too old.");
});

test("two tabs work in two workspaces, and one sign-out ends both", async ({ page, context }) => {
  await page.goto("/sign-in");
  await signIn(page, userWith("admin"));
  await page.getByRole("link", { name: /Acme/ }).click();
  const second = await context.newPage();
  await second.goto("/t/globex/notes");
  await expect(second.getByRole("button", { name: /^Workspace Globex/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Workspace Acme/ })).toBeVisible();
  await Promise.all([page.reload(), second.reload()]);
  await expect(page.getByRole("button", { name: /^Workspace Acme/ })).toBeVisible();
  await expect(second.getByRole("button", { name: /^Workspace Globex/ })).toBeVisible();
  await signOut(second);
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("a viewer can read but is not offered what only others may do", async ({ page }) => {
  await page.goto("/sign-in?next=/t/acme/notes");
  await signIn(page, userWith("viewer"));
  await page.getByRole("region", { name: "Notes" }).getByRole("listitem").first().getByRole("link").click();
  await expect(page.getByText("You can read this note but not change it.")).toBeVisible();
  await expect(page.getByRole("button", { name: "New note" })).toHaveCount(0);
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("link", { name: "Billing" })).toHaveCount(0);
});
