import { focusManager } from "@tanstack/react-query";
import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { json, Opened, pass, showPage } from "@/test-page";
import { NotePage } from "./note-page";

const note = { id: "n1", title: "Birds", body: "Lark", version: 1, created_at: "", updated_at: "2026-01-01T00:00:00Z" };

describe("an open note", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    cleanup();
    focusManager.setFocused(undefined);
    vi.useRealTimers();
    vi.unstubAllGlobals();
    sessionStorage.clear();
  });

  it("stays with what is typed when asking for it again fails", async () => {
    let broken = false;
    const read = "GET /api/v1/notes/n1";
    const { calls } = await showPage(
      <Opened>
        <NotePage id="n1" />
      </Opened>,
      { [read]: () => (broken ? json(400, { code: "internal", detail: "No." }) : json(200, note)) },
    );
    await pass(100);
    fireEvent.change(screen.getByLabelText("Text"), { target: { value: "Lark and robin" } });
    broken = true;
    await pass(11_000);
    await act(async () => focusManager.setFocused(false));
    await act(async () => focusManager.setFocused(true));
    await pass(1_000);
    expect(calls.filter((call) => call === read)).toHaveLength(2);
    expect(screen.getByLabelText<HTMLTextAreaElement>("Text").value).toBe("Lark and robin");
  });
});
