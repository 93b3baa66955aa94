import { focusManager } from "@tanstack/react-query";
import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { json, Opened, pass, showPage } from "@/test-page";
import { ProofDialog } from "./proof-dialog";

const me = { id: "u1", email: "ada@example.com", name: "Ada", has_password: true, second_factor: false };

describe("the dialog that asks for a proof", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    cleanup();
    focusManager.setFocused(undefined);
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("stays with what is typed when asking again who the person is fails", async () => {
    let broken = false;
    const refusal = () => json(400, { code: "bad", detail: "No." });
    const { calls } = await showPage(
      <Opened>
        <ProofDialog scope="acme" onClose={() => {}} />
      </Opened>,
      {
        "GET /api/v1/me": () => (broken ? refusal() : json(200, me)),
        "GET /api/v1/me/factors": refusal,
        "GET /api/v1/me/identities": () => json(200, { items: [] }),
      },
    );
    await pass(100);
    fireEvent.change(screen.getByLabelText("Password"), { target: { value: "a stapler under the bridge" } });
    broken = true;
    await pass(11_000);
    await act(async () => focusManager.setFocused(false));
    await act(async () => focusManager.setFocused(true));
    await pass(1_000);
    expect(calls.filter((call) => call === "GET /api/v1/me")).toHaveLength(2);
    expect(screen.getByLabelText<HTMLInputElement>("Password").value).toBe("a stapler under the bridge");
  });
});
