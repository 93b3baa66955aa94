import { focusManager } from "@tanstack/react-query";
import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { json, pass, showPage } from "@/test-page";
import { InvitePage } from "./invite-page";

const invitation = { email: "kim@example.com", inviter: "Ada", tenant_name: "Acme", role_name: "member", registered: false };
const whoIsThere = "POST /api/v1/session/refresh";

describe("an opened invitation", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    cleanup();
    focusManager.setFocused(undefined);
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("stays with what is typed when asking again who is signed in fails", async () => {
    let broken = false;
    const { calls } = await showPage(<InvitePage token="t" enter={() => {}} signOut={async () => {}} />, {
      "POST /api/v1/invitations/open": () => json(200, invitation),
      [whoIsThere]: () => (broken ? json(503, { code: "unavailable", detail: "No." }) : json(401, { code: "signed_out" })),
    });
    await pass(100);
    fireEvent.change(screen.getByLabelText("Your name"), { target: { value: "Kim Kite" } });
    broken = true;
    await pass(11_000);
    await act(async () => focusManager.setFocused(false));
    await act(async () => focusManager.setFocused(true));
    await pass(1_000);
    expect(calls.filter((call) => call === whoIsThere)).toHaveLength(2);
    expect(screen.getByLabelText<HTMLInputElement>("Your name").value).toBe("Kim Kite");
  });

  it("says so when the address has got an account meanwhile and asking for the invitation again fails", async () => {
    let broken = false;
    await showPage(<InvitePage token="t" enter={() => {}} signOut={async () => {}} />, {
      "POST /api/v1/invitations/open": () => (broken ? json(503, { detail: "Not now." }) : json(200, invitation)),
      "POST /api/v1/invitations/accept-new": () => json(409, { code: "account_exists", detail: "There is an account." }),
      [whoIsThere]: () => json(401, { code: "signed_out" }),
    });
    await pass(100);
    fireEvent.change(screen.getByLabelText("Your name"), { target: { value: "Kim Kite" } });
    fireEvent.change(screen.getByLabelText("Password"), { target: { value: "a stapler under the bridge" } });
    broken = true;
    screen.getByRole("button", { name: "Create account and join" }).click();
    await pass(100);
    expect(screen.getByRole("alert").textContent).toContain("Not now.");
    expect(screen.getByLabelText<HTMLInputElement>("Your name").value).toBe("Kim Kite");
  });

  it("says when it is not known who is signed in, and tries again", async () => {
    let broken = true;
    await showPage(<InvitePage token="t" enter={() => {}} signOut={async () => {}} />, {
      "POST /api/v1/invitations/open": () => json(200, invitation),
      [whoIsThere]: () => (broken ? json(503, { code: "unavailable", detail: "No." }) : json(401, { code: "signed_out" })),
    });
    await pass(100);
    expect(screen.getByRole("alert").textContent).toContain("No.");
    broken = false;
    screen.getByRole("button", { name: "Try again" }).click();
    await pass(100);
    expect(screen.getByLabelText("Your name")).toBeDefined();
  });
});
