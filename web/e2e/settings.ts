import { type Browser, expect, type Page } from "@playwright/test";
import { linkTo } from "./mailbox.ts";
import { newAddress, password, signUp, watch } from "./people.ts";

/** Goes to one of the settings of the page's workspace, from anywhere in it. */
export async function openSettings(page: Page, name: string): Promise<void> {
  const slug = new URL(page.url()).pathname.split("/")[2];
  await page.goto(`/t/${slug}/settings/${name.toLowerCase().replace(" ", "-")}`);
  await expect(page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name, exact: true })).toHaveAttribute(
    "aria-current",
    "page",
  );
}

/** The part of a settings page under the heading. */
export const card = (page: Page, title: string) =>
  page.locator("section").filter({ has: page.getByRole("heading", { name: title }) });

/** Goes to one of the settings, from any of them. */
export async function open(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name, exact: true }).click();
}

/** Somebody new with a workspace of their own, on the settings page. */
export async function owner(page: Page, workspace: string, settings: string): Promise<string> {
  watch(page);
  const email = newAddress("owner");
  await signUp(page, email, workspace);
  await openSettings(page, settings);
  return email;
}

export async function invite(page: Page, addresses: string): Promise<void> {
  await page.getByRole("button", { name: "Invite people" }).click();
  await page.getByLabel("E-mail addresses").fill(addresses);
  await page.getByRole("button", { name: "Send invitations" }).click();
  await expect(page.getByText(/on (its|their) way/)).toBeVisible();
}

/** Opens the newest invitation of the address in a browser of its own. */
export async function invited(browser: Browser, address: string, before = 0): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  watch(page);
  await page.goto(await linkTo(address, before));
  return page;
}

/** Somebody new who follows an invitation and joins; ends on the notes. */
export async function join(browser: Browser, address: string, name: string): Promise<Page> {
  const page = await invited(browser, address);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account and join" }).click();
  await expect(page.getByRole("region", { name: "Notes" })).toBeVisible();
  return page;
}
