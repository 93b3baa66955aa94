import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import { newQueryClient } from "@/api/queries";
import { RowList } from "./row-list";
import { EmptyState } from "./states";

type Answer = { items: string[] } | Problem;

const broken = new Problem(403, { code: "forbidden", detail: "You may not see this.", request_id: "abc123" });

function Birds({ ask }: { ask: () => Promise<{ items: string[] }> }) {
  const birds = useQuery({ queryKey: ["birds"], queryFn: ask });
  const items = birds.data?.items ?? [];
  return (
    <RowList query={birds} skeleton={<i />} skeletons={2} empty={items.length === 0 && <EmptyState title="No birds yet" />}>
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </RowList>
  );
}

/** A list whose requests wait until they are answered. */
function show() {
  const requests: ((answer: Answer) => Promise<void>)[] = [];
  const ask = () =>
    new Promise<{ items: string[] }>((resolve, reject) => {
      requests.push((answer) =>
        act(async () => {
          if (answer instanceof Problem) reject(answer);
          else resolve(answer);
          await vi.advanceTimersByTimeAsync(0);
        }),
      );
    });
  const client = newQueryClient();
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <Birds ask={ask} />
      </QueryClientProvider>
    </I18nProvider>,
  );
  return { requests, refetch: () => act(async () => void client.refetchQueries()) };
}

const button = () => screen.getByRole("button", { name: "Try again" });

const press = () =>
  act(async () => {
    button().click();
    await vi.advanceTimersByTimeAsync(0);
  });

describe("a list", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    cleanup();
    vi.useRealTimers();
  });

  it("shows rows of grey until it is there", async () => {
    const { requests } = show();
    expect(screen.getByRole("status", { name: "Loading" }).children).toHaveLength(2);
    await requests[0]?.({ items: ["Lark", "Robin"] });
    expect(screen.queryByRole("status")).toBeNull();
    expect(screen.getAllByRole("listitem").map((row) => row.textContent)).toEqual(["Lark", "Robin"]);
  });

  it("says what it is for when it is empty", async () => {
    const { requests } = show();
    await requests[0]?.({ items: [] });
    expect(screen.getByText("No birds yet")).toBeDefined();
    expect(screen.queryByRole("list")).toBeNull();
  });

  it("says what went wrong until there is an answer, and keeps the button and its focus while it tries again", async () => {
    const { requests } = show();
    await requests[0]?.(broken);
    expect(screen.getByRole("alert").textContent).toContain("abc123");
    button().focus();
    await press();
    expect(requests).toHaveLength(2);
    expect(screen.getByRole("alert").textContent).toContain("abc123");
    expect(document.activeElement).toBe(button());
    expect(button().getAttribute("aria-disabled")).toBe("true");
    await press();
    expect(requests).toHaveLength(2);
    await requests[1]?.(broken);
    expect(button().getAttribute("aria-disabled")).toBeNull();
    await press();
    await requests[2]?.({ items: ["Lark"] });
    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.getByText("Lark")).toBeDefined();
  });

  it("does not ask again by itself, however long it stays broken", async () => {
    const { requests } = show();
    await requests[0]?.(broken);
    await act(() => vi.advanceTimersByTimeAsync(600_000));
    expect(requests).toHaveLength(1);
    expect(button()).toBeDefined();
  });

  it("keeps what it has when asking again fails", async () => {
    const { requests, refetch } = show();
    await requests[0]?.({ items: ["Lark"] });
    await refetch();
    await requests[1]?.(broken);
    expect(screen.getByText("Lark")).toBeDefined();
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
