import { expect, test } from "@playwright/test";
import { look } from "./look.ts";
import { countMails, linkTo } from "./mailbox.ts";
import { newAddress, password, signIn, signOut, signUp } from "./people.ts";
import { invite, invited, join, open, owner } from "./settings.ts";
import { userWith } from "./stack.ts";

test("many are invited at once, and come in as whoever they are", async ({ page, browser }) => {
  test.setTimeout(240_000);
  const [fresh, known, wrong] = [newAddress("fresh"), newAddress("known"), "not-an-address"];
  const first = await (await browser.newContext()).newPage();
  await signUp(first, known, "Finch house");
  const before = await countMails(known);
  const self = await owner(page, "Wren house", "Members");
  await expect(page.getByText("Nobody is invited at the moment")).toBeVisible();

  await page.getByRole("button", { name: "Invite people" }).click();
  await page.getByLabel("E-mail addresses").fill(`Fresh <${fresh}>, ${known}\n${self}; ${wrong}`);
  await page.getByLabel("Role", { exact: true }).selectOption({ label: "Viewer" });
  await page.getByLabel("E-mail addresses").blur();
  await expect(page.getByText("This is no e-mail address:")).toBeVisible();
  await page.getByRole("button", { name: "Send invitations" }).click();
  await expect(page.getByText("Mend or remove what is no address.")).toBeVisible();
  await look(page, "invite");
  await page.getByLabel("E-mail addresses").fill(`Fresh <${fresh}>, ${known}\n${self}`);
  await page.getByRole("button", { name: "Send invitations" }).click();
  await expect(page.getByText("2 invitations are on their way.")).toBeVisible();
  await expect(page.getByText("Is a member already")).toBeVisible();
  await look(page, "invite-result");
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("button", { name: "Invite people" })).toBeFocused();
  await expect(page.getByRole("button", { name: `Send again to ${fresh}` })).toBeVisible();
  await look(page, "settings-invitations");

  await test.step("a new person", async () => {
    const there = await invited(browser, fresh);
    await expect(there.getByRole("heading", { name: "Join Wren house" })).toBeVisible();
    await look(there, "invitation-new");
    await there.getByLabel("Your name").fill("Fresh Finch");
    await there.getByLabel("Password", { exact: true }).fill(password);
    await there.getByRole("button", { name: "Create account and join" }).click();
    await expect(there).toHaveURL(/\/t\/wren-house[^/]*\/notes/);
    await there.goto(await linkTo(fresh));
    await expect(there.getByRole("heading", { name: "This invitation does not work any more" })).toBeVisible();
    await look(there, "invitation-used");
  });

  await test.step("a person with an account, who is signed in as somebody else", async () => {
    await signOut(first);
    await signIn(first, userWith("viewer"));
    await expect(first.getByRole("heading", { name: "Choose a workspace" })).toBeVisible();
    await first.goto(await linkTo(known, before));
    await expect(first.getByText(`You are signed in as ${userWith("viewer")}`)).toBeVisible();
    await look(first, "invitation-other");
    await first.getByRole("button", { name: "Sign out and go on" }).click();
    await expect(first.getByText("This address has an account.")).toBeVisible();
    expect(new URL(first.url()).hash, "no token in the address").toBe("");
    await look(first, "invitation-sign-in");
    await first.getByRole("link", { name: "Sign in to accept" }).click();
    expect(first.url()).not.toContain("#");
    await signIn(first, known, password);
    await look(first, "invitation-accept");
    await first.getByRole("button", { name: "Accept invitation" }).click();
    await expect(first).toHaveURL(/\/t\/wren-house[^/]*\/notes/);
    await first.goto("/t");
    await expect(first.getByRole("link", { name: /Wren house/ })).toBeVisible();
  });

  await page.reload();
  await expect(page.getByText("Fresh Finch")).toBeVisible();
  await expect(page.getByText("Nobody is invited at the moment")).toBeVisible();
});

test("an invitation is sent again and revoked, and only its newest link works until then", async ({ page, browser }) => {
  await owner(page, "Owl house", "Members");
  const address = newAddress("late");
  await invite(page, address);
  await page.getByRole("button", { name: "Done" }).click();
  const old = await linkTo(address);
  const before = await countMails(address);
  await page.getByRole("button", { name: `Send again to ${address}` }).click();
  await expect(page.getByText(`Sent again to ${address}`)).toBeVisible();
  const there = await invited(browser, address, before);
  await expect(there.getByRole("heading", { name: "Join Owl house" })).toBeVisible();
  const newest = there.url();
  await there.goto("/invite");
  await expect(there.getByRole("heading", { name: "This link is not complete" })).toBeVisible();
  await there.goto(old);
  await expect(there.getByRole("heading", { name: "This invitation does not work any more" })).toBeVisible();
  await page.getByRole("button", { name: `Revoke the invitation of ${address}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("Nobody is invited at the moment")).toBeVisible();
  await there.goto("about:blank");
  await there.goto(newest);
  await expect(there.getByRole("heading", { name: "This invitation does not work any more" })).toBeVisible();
});

test("a role is made of permissions, given, changed by two and cannot go while somebody has it", async ({ page, browser }) => {
  test.setTimeout(240_000);
  await owner(page, "Swift house", "Roles");
  await expect(page.getByText("No roles of your own yet")).toBeVisible();
  await page.getByText("Viewer", { exact: true }).click();
  await expect(page.locator("details[open]").getByText("Read notes")).toBeVisible();
  await look(page, "settings-roles-empty");

  await page.getByRole("button", { name: "New role" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Inviter");
  await page.getByRole("button", { name: "Create role" }).click();
  await expect(page.getByRole("alert")).toHaveText("Choose at least one permission.");
  for (const key of ["tenant:read", "notes:read", "members:read", "invitations:read", "invitations:write"])
    await page.getByRole("checkbox", { name: new RegExp(`${key}$`) }).check();
  await look(page, "role");
  await page.getByRole("button", { name: "Create role" }).click();
  await expect(page.getByRole("button", { name: "Edit Inviter" })).toBeVisible();

  await open(page, "Members");
  const address = newAddress("inviter");
  await page.getByRole("button", { name: "Invite people" }).click();
  await page.getByLabel("E-mail addresses").fill(address);
  await page.getByLabel("Role", { exact: true }).selectOption({ label: "Inviter" });
  await page.getByRole("button", { name: "Send invitations" }).click();
  await expect(page.getByText("1 invitation is on its way.")).toBeVisible();
  await page.getByRole("button", { name: "Done" }).click();
  const member = await join(browser, address, "Ina Vite");

  await test.step("who has it sees no more than it allows", async () => {
    await member.getByRole("link", { name: "Settings" }).click();
    await open(member, "Members");
    await member.getByRole("button", { name: "Invite people" }).click();
    await expect(member.getByLabel("Role", { exact: true }).locator("option")).toHaveText(["Viewer", "Inviter"]);
    await member.keyboard.press("Escape");
    await expect(member.getByRole("button", { name: /^Remove/ })).toHaveCount(0);
    await expect(member.getByRole("link", { name: "API keys" })).toHaveCount(0);
    await open(member, "Roles");
    await expect(member.getByRole("button", { name: "New role" })).toHaveCount(0);
  });

  await test.step("two change it", async () => {
    await open(page, "Roles");
    const other = await page.context().newPage();
    await other.goto(page.url());
    for (const tab of [page, other]) await tab.getByRole("button", { name: "Edit Inviter" }).click();
    await other.getByLabel("Name", { exact: true }).fill("Host");
    await other.getByRole("button", { name: "Save role" }).click();
    await expect(other.getByRole("button", { name: "Edit Host" })).toBeVisible();
    await other.close();
    await page.getByLabel("Name", { exact: true }).fill("Doorkeeper");
    await page.getByRole("button", { name: "Save role" }).click();
    await expect(page.getByRole("alert")).toContainText("Somebody changed this role in the meantime");
    await page.getByRole("button", { name: "Take theirs" }).click();
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Host");
    await page.getByLabel("Name", { exact: true }).fill("Doorkeeper");
    await page.getByRole("button", { name: "Save role" }).click();
    await expect(page.getByRole("button", { name: "Edit Doorkeeper" })).toBeVisible();
    await look(page, "settings-roles");
  });

  await test.step("it is in use, then it is not", async () => {
    await page.getByRole("button", { name: "Delete Doorkeeper" }).click();
    await expect(page.getByRole("dialog")).toContainText("1 member has this role");
    await page.getByRole("link", { name: "Go to the members" }).click();
    await page.getByLabel("Role of Ina Vite").selectOption({ label: "Viewer" });
    await expect(page.getByText("Role of Ina Vite changed")).toBeVisible();
    await open(page, "Roles");
    await page.getByRole("button", { name: "Delete Doorkeeper" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(page.getByText("No roles of your own yet")).toBeVisible();
  });
});
