import { expect, type Page } from "@playwright/test";
import { codeTo, countMails, linkTo } from "./mailbox.ts";
import { stack } from "./stack.ts";

export const password = "a stapler under the bridge";

export const newAddress = (name: string): string => `${name}-${Date.now()}-${Math.floor(Math.random() * 1e6)}@example.com`;

/** Fails the test on anything that the browser complains about: a script error, a refused file, a broken policy. */
export function watch(page: Page): void {
  page.on("pageerror", (error) => expect.soft(error.message, "a script failed").toBe(""));
  page.on("console", (message) => {
    const text = message.text();
    // The browser reports every answer of 400 and more; those are for the pages to handle.
    if (message.type() === "error" && !text.startsWith("Failed to load resource"))
      expect.soft(text, "the browser complained").toBe("");
  });
}

export async function signIn(page: Page, email: string, secret = stack.demo_password): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(secret);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
}

/** Somebody new who signs up and creates a workspace, by the requests that the screens send; ends on its empty list of notes. */
export async function signUp(page: Page, email: string, workspace: string, chosen = password): Promise<void> {
  const post = async (path: string, data: object, token?: string) => {
    const response = await page.request.post(path, { data, headers: token ? { Authorization: `Bearer ${token}` } : {} });
    expect(response.ok(), `${path}: ${await response.text()}`).toBe(true);
    return response;
  };
  await post("/api/v1/sign-up", { email });
  const token = new URL(await linkTo(email)).hash.slice(1);
  const session = await post("/api/v1/sign-up/complete", { token, name: "Nora Quist", password: chosen });
  const tenant = await post("/api/v1/tenants", { name: workspace }, (await session.json()).access_token);
  await page.goto(`/t/${(await tenant.json()).slug}/notes`);
  await expect(page.getByText("Write your first note")).toBeVisible();
}

export async function signInOperator(page: Page): Promise<void> {
  await page.goto("/operator");
  const before = await countMails(stack.operator);
  await page.getByLabel("E-mail").fill(stack.operator);
  await page.getByLabel("Password", { exact: true }).fill(stack.demo_password);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByLabel("Code").fill(await codeTo(stack.operator, before));
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Workspaces" })).toBeVisible();
}

export const saved = (page: Page) => expect(page.getByRole("status").filter({ hasText: /^Saved$/ })).toBeVisible();
