import { expect, test } from "@playwright/test";
import { look } from "./look.ts";
import { linkTo } from "./mailbox.ts";
import { newAddress, password, signIn } from "./people.ts";
import { subscribe } from "./plans.ts";
import { invite, join, open, openSettings, owner } from "./settings.ts";
import { stack, userWith } from "./stack.ts";

const unique = () => `${Date.now().toString(36)}${Math.floor(Math.random() * 1e6).toString(36)}`;

// A picture of one red dot.
const dot = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==",
  "base64",
);

test("a workspace gets a name, a logo and another address, and the old one leads to it", async ({ page }) => {
  const slug = `house-${unique()}`;
  await owner(page, `Lark ${slug}`, "Workspace");
  const before = new URL(page.url()).pathname.split("/")[2] ?? "";
  await page.getByLabel("Name", { exact: true }).fill("Lark and sons");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByRole("button", { name: /^Workspace Lark and sons/ })).toBeVisible();
  await page.getByLabel("Choose a picture").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: dot });
  await look(page, "settings-workspace");
  await page.getByRole("button", { name: "Save logo" }).click();
  await expect(page.getByRole("button", { name: /^Workspace Lark/ }).locator("img")).toHaveAttribute("src", /^data:image\/png/);

  await page.getByLabel("Address").fill("Not An Address");
  await page.getByRole("button", { name: "Change address" }).click();
  await expect(page.getByText("Check this field.")).toBeVisible();
  await page.getByLabel("Address").fill("acme");
  await page.getByRole("button", { name: "Change address" }).click();
  await expect(page.getByRole("alert")).toContainText("That address is taken");
  await page.getByLabel("Address").fill(slug);
  await expect(page.getByText("The address changes for everybody")).toBeVisible();
  await look(page, "settings-workspace-address");
  await page.getByRole("button", { name: "Change address" }).click();
  await expect(page).toHaveURL(new RegExp(`/t/${slug}/settings/workspace$`));
  await page.goto(`/t/${before}/notes?view=trash`);
  await expect(page).toHaveURL(new RegExp(`/t/${slug}/notes\\?view=trash$`));
  await expect(page.getByText("trash is empty")).toBeVisible();

  await page.goto(`/t/${slug}/settings/workspace`);
  await page.getByRole("button", { name: "Remove logo" }).click();
  await expect(page.getByRole("button", { name: /^Workspace Lark/ }).locator("img")).toHaveCount(0);
});

test("an API key is made, shown once, used and revoked", async ({ page, request }) => {
  await owner(page, "Robin house", "API keys");
  await expect(page.getByText("No API keys yet")).toBeVisible();
  await look(page, "settings-api-keys-empty");
  await page.getByRole("button", { name: "New API key" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Nightly import");
  await page.getByLabel("Expires").selectOption({ label: "In 30 days" });
  await page.getByRole("checkbox", { name: /tenant:read$/ }).check();
  await look(page, "api-key");
  await page.getByRole("button", { name: "Create API key" }).click();
  await expect(page.getByText("Copy it now")).toBeVisible();
  const secret = (await page.getByRole("dialog").locator("code").first().textContent()) ?? "";
  const call = () => request.get("/api/v1/tenant", { headers: { Authorization: `Bearer ${secret}` } });
  expect((await call()).status()).toBe(200);
  expect((await request.get("/api/v1/notes", { headers: { Authorization: `Bearer ${secret}` } })).status()).toBe(403);
  await page.getByRole("button", { name: "I have kept it" }).click();
  await expect(page.getByText("Nightly import")).toBeVisible();
  await expect(page.getByText(secret)).toHaveCount(0);
  await look(page, "settings-api-keys");
  await page.getByRole("button", { name: "Rename Nightly import" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Weekly import");
  await page.getByRole("button", { name: "Save name" }).click();
  await page.getByRole("button", { name: "Revoke Weekly import" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("Revoked", { exact: true })).toBeVisible();
  await expect(async () => expect((await call()).status()).toBe(401)).toPass({ timeout: 5_000 });
});

test("a proved domain lets its people in", async ({ page, browser }) => {
  await owner(page, "Kite house", "Domains");
  await subscribe(page, "Pro");
  await openSettings(page, "Domains");
  await expect(page.getByText("No domains yet")).toBeVisible();
  await look(page, "settings-domains-empty");
  const domain = `kite-${unique()}.example`;
  await page.getByRole("button", { name: "Add a domain" }).click();
  await page.getByLabel("Domain", { exact: true }).fill("gmail.com");
  await page.getByRole("button", { name: "Add domain" }).click();
  await expect(page.getByRole("dialog").locator("[aria-invalid=true], [role=alert]").first()).toBeVisible();
  await page.getByLabel("Domain", { exact: true }).fill(domain);
  await page.getByRole("button", { name: "Add domain" }).click();
  await expect(page.getByText("Not verified")).toBeVisible();
  await page.getByRole("button", { name: "Verify" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await look(page, "settings-domains-record");

  const [name = "", value = ""] = await page.locator("dd code").allTextContents();
  await fetch(stack.dns_url, { method: "POST", body: new URLSearchParams({ name, value }), redirect: "manual" });
  await page.getByRole("button", { name: "Verify" }).click();
  await expect(page.getByText("Verified", { exact: true })).toBeVisible();
  await page.getByRole("switch").click();
  await expect(page.getByRole("switch")).toBeChecked();
  await page.getByLabel("They join as").selectOption({ label: "Viewer" });
  await expect(page.getByText(`${domain} changed`).first()).toBeVisible();
  await look(page, "settings-domains");

  const address = `kim@${domain}`;
  const there = await (await browser.newContext()).newPage();
  await there.goto("/sign-up");
  await there.getByLabel("E-mail").fill(address);
  await there.getByRole("button", { name: "Continue", exact: true }).click();
  await there.goto(await linkTo(address));
  await there.getByLabel("Your name").fill("Kim Kite");
  await there.getByLabel("Password", { exact: true }).fill(password);
  await there.getByRole("button", { name: "Create account" }).click();
  await expect(there.getByRole("button", { name: "Join Kite house" })).toBeVisible();
  await look(there, "joinable");
  await there.getByRole("button", { name: "Join Kite house" }).click();
  await expect(there).toHaveURL(/\/t\/kite-house[^/]*\/notes/);
});

test("ownership goes over, and the one who had it leaves", async ({ page, browser }) => {
  await owner(page, "Heron house", "Members");
  const address = newAddress("heir");
  await invite(page, address);
  await page.getByRole("button", { name: "Done" }).click();
  const heir = await join(browser, address, "Heidi Heir");
  await open(page, "Workspace");
  await page.getByRole("button", { name: "Leave" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await expect(page.getByRole("alert")).toContainText("needs an owner");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Transfer" }).click();
  await expect(page.getByRole("dialog").getByRole("button", { name: "Transfer" })).toBeDisabled();
  await page.getByLabel(/Type .Heron house. to confirm/).fill("Heron house");
  await look(page, "transfer");
  await page.getByRole("dialog").getByRole("button", { name: "Transfer" }).click();
  await expect(page.getByText("Heidi Heir is an owner now")).toBeVisible();
  await expect(page.getByText("Only owners can change this.")).toBeVisible();
  await page.getByRole("button", { name: "Leave" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave" }).click();
  await expect(page.getByRole("heading", { name: "Create your first workspace" })).toBeVisible();
  await heir.getByRole("link", { name: "Settings" }).click();
  await open(heir, "Members");
  await expect(heir.getByText("Who can open this workspace")).toBeVisible();
  await expect(heir.getByText("Nora Quist")).toHaveCount(0);
});

test("a list that cannot be loaded says so and tries again", async ({ page, context }) => {
  await page.goto("/sign-in?next=/t/acme/settings/api-keys");
  const broken = JSON.stringify({ code: "internal", detail: "Something went wrong on our side.", request_id: "abc123" });
  for (const list of ["api-keys", "invitations", "domains", "roles", "members"])
    await context.route(`**/api/v1/${list}**`, (route) =>
      route.fulfill({ status: 500, contentType: "application/problem+json", body: broken }),
    );
  await signIn(page, userWith("owner"));
  for (const [name, heading] of [
    ["API keys", "API keys"],
    ["Domains", "Domains"],
    ["Roles", "Your roles"],
    ["Members", "Members"],
  ] as const) {
    await open(page, name);
    await expect(page.getByRole("heading", { level: 2, name: heading, exact: true })).toBeVisible();
    await expect(page.getByRole("alert").first()).toContainText("abc123", { timeout: 15_000 });
    await look(page, `settings-${name.toLowerCase().replace(" ", "-")}-error`);
  }
  const again = page.waitForRequest("**/api/v1/members**");
  await page.getByRole("button", { name: "Try again" }).first().click();
  await again;
  await expect(page.getByRole("alert").first()).toContainText("abc123");
  await context.unrouteAll();
  await page.getByRole("button", { name: "Try again" }).first().click();
  await expect(page.getByText(userWith("viewer"))).toBeVisible();
});
