import { expect, type Page } from "@playwright/test";
import { codeTo, countMails, linkTo } from "./mailbox.ts";
import { stack } from "./stack.ts";

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

export async function signIn(page: Page, email: string, password = stack.demo_password): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Signs up somebody new and creates a workspace for them; ends on its empty list of notes. */
export async function signUp(page: Page, email: string, password: string, workspace: string): Promise<void> {
  await page.goto("/sign-up");
  await page.getByLabel("E-mail").fill(email);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Check your mail" })).toBeVisible();
  await page.goto(await linkTo(email));
  await page.getByLabel("Your name").fill("Nora Quist");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByLabel("Workspace name").fill(workspace);
  await page.getByRole("button", { name: "Create workspace" }).click();
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
