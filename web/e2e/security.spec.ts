import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { addAuthenticator, codeOf } from "./authenticator.ts";
import { look } from "./look.ts";
import { countMails, linkTo } from "./mailbox.ts";
import { newAddress, signIn, signUp, watch } from "./people.ts";

const password = "a stapler under the bridge";

async function settle(page: Page, name: string, workspace: string): Promise<{ email: string; slug: string }> {
  const email = newAddress(name);
  await signUp(page, email, password, workspace);
  return { email, slug: new URL(page.url()).pathname.split("/")[2] ?? "" };
}

async function openSettings(page: Page, slug: string, tab: "Profile" | "Security"): Promise<void> {
  await page.goto(`/t/${slug}/settings/${tab.toLowerCase()}`);
  await expect(page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: tab })).toHaveAttribute(
    "aria-current",
    "page",
  );
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
}

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

const card = (page: Page, title: string) => page.locator("section").filter({ has: page.getByRole("heading", { name: title }) });

test("a second factor is set up, asked for, and replaced by a recovery code when the phone is gone", async ({ page }) => {
  watch(page);
  const { email, slug } = await settle(page, "factor", "Factor house");
  await openSettings(page, slug, "Security");
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
  await openSettings(page, slug, "Security");
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
  watch(page);
  await addAuthenticator(page);
  const { slug } = await settle(page, "passkey", "Passkey house");
  await openSettings(page, slug, "Security");
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

  await openSettings(page, slug, "Security");
  await expect(card(page, "Sessions").getByText("Signed in with a passkey").first()).toBeVisible();
  await look(page, "passkeys");
  await page.getByRole("button", { name: "Remove Work laptop" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("No passkeys yet")).toBeVisible();
});

test("a workspace that demands a second factor leads to setting one up, and back", async ({ page }) => {
  watch(page);
  const { slug } = await settle(page, "locked", "Locked house");
  let locked = true;
  const refuse = { status: 403, code: "second_factor_required_here", detail: "This workspace asks for a second factor." };
  await page.route(/api\/v1\/(tenant|notes)/, (route) =>
    locked
      ? route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify(refuse) })
      : route.continue(),
  );
  await page.goto(`/t/${slug}/notes`);
  await expect(page.getByRole("heading", { name: "Locked house asks for a second factor" })).toBeVisible();
  await look(page, "second-factor-gate");
  await page.getByRole("link", { name: "Set one up" }).click();
  await expect(page.getByText("then you can go on to Locked house")).toBeVisible();
  await look(page, "second-factor-gate-setup");
  await turnOn(page);
  locked = false;
  await expect(page.getByText("then you can go on to Locked house")).toHaveCount(0);
  // What was shown when the lock opened is still there.
  await expect(page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem")).toHaveCount(10);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await page.getByRole("link", { name: "Notes" }).click();
  await expect(page.getByText("Write your first note")).toBeVisible();
});

test("what matters asks again who it is, and then goes on", async ({ page }) => {
  watch(page);
  const { slug } = await settle(page, "proof", "Proof house");
  await openSettings(page, slug, "Security");
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
  const { email, slug } = await settle(page, "sessions", "Session house");
  const others = await Promise.all([browser.newContext(), browser.newContext()]);
  const [first, second] = await Promise.all(others.map((context) => elsewhere(context, email)));
  await openSettings(page, slug, "Security");
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
  for (const other of [first, second])
    await expect(other?.getByRole("heading", { name: "Sign in" }) ?? page.locator("none")).toBeVisible({ timeout: 20_000 });
  await Promise.all(others.map((context) => context.close()));
});

test("an address is changed by the link in the mail to the new one, and not before", async ({ page }) => {
  watch(page);
  const { email, slug } = await settle(page, "address", "Address house");
  const next = newAddress("moved");
  await openSettings(page, slug, "Profile");
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

  await openSettings(page, slug, "Profile");
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
  const { slug } = await settle(page, "name", "Name house");
  await openSettings(page, slug, "Profile");
  await page.getByLabel("Name", { exact: true }).fill("Nora Lund");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "Account of Nora Lund" })).toBeVisible();
});

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
  const slug = new URL(page.url()).pathname.split("/")[2] ?? "";
  await openSettings(page, slug, "Profile");
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
    await signUp(taken, known, password, "Known house");
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
