import { cleanup, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { json, Opened, pass, showPage } from "@/test-page";
import { TransferDialog } from "./transfer-dialog";

const list = "GET /api/v1/members";
const heidi = { user_id: "u2", name: "Heidi", email: "heidi@example.com", role: "member", role_name: "member" };
const hans = { ...heidi, user_id: "u3", name: "Hans", email: "hans@example.com" };

describe("the dialog that transfers ownership", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    cleanup();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("asks once for the rest of the members, says when it does not come, and asks again when told to", async () => {
    let broken = true;
    const { calls } = await showPage(
      <Opened>
        <TransferDialog onClose={() => {}} />
      </Opened>,
      {
        [list]: (request) => {
          if (!new URL(request.url).searchParams.has("cursor")) return json(200, { items: [heidi], next_cursor: "c" });
          return broken ? json(400, { code: "bad", detail: "No." }) : json(200, { items: [hans] });
        },
      },
    );
    await pass(60_000);
    expect(calls.filter((call) => call === list)).toHaveLength(2);
    expect(screen.getByRole("alert").textContent).toContain("No.");
    broken = false;
    screen.getByRole("button", { name: "Try again" }).click();
    await pass(1_000);
    expect(screen.getAllByRole("option").map((option) => option.textContent)).toEqual([
      "Heidi (heidi@example.com)",
      "Hans (hans@example.com)",
    ]);
  });
});
