import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { keepInTab, keptInTab } from "@/api/tab-storage";
import { type Answers, grant, json, showPage } from "@/test-page";
import { CallbackPage } from "./callback-page";

let answers = 0;

function arrive(refusal: string, more: Answers = {}) {
  answers += 1; // each answer of a provider is sent once
  const answer = { code: "c", state: `s${answers}`, iss: "", error: "" };
  return showPage(<CallbackPage answer={answer} />, {
    "POST /api/v1/sign-in/callback": () => json(403, { code: refusal, detail: "No." }),
    ...more,
  });
}

const withCode: Answers = { "POST /api/v1/sign-in/second-factor": () => json(200, grant) };

async function enterCode() {
  const user = userEvent.setup();
  await user.type(await screen.findByLabelText("Code"), "123456");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
}

describe("coming back from a provider", () => {
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
    sessionStorage.clear();
  });

  it("goes on to the page that was asked for, also by way of the second factor", async () => {
    keepInTab("next", "/t/acme/settings/members?tab=2");
    const { history } = await arrive("second_factor_required", withCode);
    await enterCode();
    await vi.waitFor(() => expect(history.location.href).toBe("/t/acme/settings/members?tab=2"));
    expect(keptInTab("next")).toBe("");
  });

  it("never goes to another site, and to the workspaces when nothing was asked for", async () => {
    keepInTab("next", "//evil.example/t");
    const { history } = await arrive("second_factor_required", withCode);
    await enterCode();
    await vi.waitFor(() => expect(history.location.href).toBe("/t"));
  });

  it("starts again with the same page in mind", async () => {
    keepInTab("next", "/invite");
    const { history } = await arrive("second_factor_required");
    await userEvent.click(await screen.findByRole("button", { name: "Start again" }));
    await vi.waitFor(() => expect(history.location.href).toBe("/sign-in?next=%2Finvite"));
  });

  it("offers the way back to signing in with the same page in mind when the provider refused", async () => {
    keepInTab("next", "/invite");
    await arrive("provider_denied");
    const link = await screen.findByRole("link", { name: "Back to sign in" });
    expect(link.getAttribute("href")).toBe("/sign-in?next=%2Finvite");
  });
});
