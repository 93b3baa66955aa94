import { expect, test } from "@playwright/test";
import { look } from "./look.ts";
import { signIn, watch } from "./people.ts";
import { userWith } from "./stack.ts";

test.describe("signed out", () => {
  const pages = [
    ["/terms", "Terms"],
    ["/privacy", "Privacy"],
    ["/sign-in", "Sign in"],
    ["/forgot", "Reset your password"],
    ["/reset#not-a-real-token", "Choose a new password"],
    ["/reset", "This link is not complete"],
    ["/operator/sign-in", "Operator console"],
    ["/operator/set-password#not-a-real-token", "Choose your operator password"],
    ["/no/such/page", "This page does not exist"],
  ] as const;

  for (const [path, heading] of pages) {
    test(path, async ({ page }) => {
      watch(page);
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
      await look(page, path.replace(/#.*/, "-link").replace(/\W+/g, "-").replace(/^-/, ""));
    });
  }

  test("/api/docs", async ({ page }) => {
    watch(page);
    await page.goto("/api/docs");
    await page.getByRole("heading", { name: /^notes/i }).click();
    await expect(page.getByText("/api/v1/notes").first()).toBeVisible();
    await look(page, "docs");
  });

  test("nothing comes from another origin", async ({ page, baseURL }) => {
    const foreign: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(baseURL ?? "") && !request.url().startsWith("data:")) foreign.push(request.url());
    });
    for (const path of ["/", "/terms", "/sign-in", "/api/docs"]) await page.goto(path, { waitUntil: "networkidle" });
    expect(foreign).toEqual([]);
  });
});

test.describe("signed in", () => {
  test.beforeEach(async ({ page }) => {
    watch(page);
    await page.goto("/sign-in");
    await signIn(page, userWith("owner"));
    await expect(page.getByRole("heading", { name: "Choose a workspace" })).toBeVisible();
  });

  test("the choice of a workspace, and a workspace that is not ours", async ({ page }) => {
    await look(page, "choose-workspace");
    await page.goto("/t/no-such-workspace/notes");
    await expect(page.getByRole("heading", { name: "You have no access to this workspace" })).toBeVisible();
    await look(page, "lost-workspace");
  });

  test("notes, trash and the menus", async ({ page }) => {
    await page.goto("/t/acme/notes");
    await expect(page.getByRole("region", { name: "Notes" }).getByRole("listitem").first()).toBeVisible();
    await look(page, "notes");
    await page.getByRole("button", { name: /^Workspace Acme/ }).press("Enter");
    await expect(page.getByRole("menu")).toBeVisible();
    await page.keyboard.press("End");
    await expect(page.getByRole("menuitem", { name: "New workspace" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("button", { name: /^Workspace Acme/ })).toBeFocused();
    await page.getByRole("link", { name: "Trash", exact: true }).click();
    await expect(page).toHaveURL(/view=trash/);
    await expect(page.getByText(/trash is empty|Restore/).first()).toBeVisible();
    await look(page, "trash");
  });

  for (const [name, text] of [
    ["profile", "How other members see you."],
    ["appearance", "Kept in this browser."],
    ["members", "Who can open this workspace, and what they may do."],
    ["billing", "per seat and month"],
  ] as const) {
    test(`settings: ${name}`, async ({ page }) => {
      await page.goto(`/t/acme/settings/${name}`);
      await expect(page.getByText(text)).toBeVisible();
      await look(page, `settings-${name}`);
    });
  }

  test("the drawer of narrow screens", async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto("/t/acme/notes");
    await page.getByRole("button", { name: "Open the menu" }).click();
    await page.getByRole("dialog").getByRole("link", { name: "Settings" }).click();
    await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });

  test("the theme is chosen and kept", async ({ page }) => {
    await page.goto("/t/acme/settings/appearance");
    await page.getByLabel("Dark").check();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await page.reload();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(page.getByLabel("Dark")).toBeChecked();
  });
});
