import { focusManager } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { userSession } from "./client";
import type { CurrentTenant } from "./types";
import { useWorkspace, WorkspaceProvider } from "./workspace";

const tenant = (name: string): CurrentTenant => ({
  id: "1",
  slug: "acme",
  name,
  role: "owner",
  role_name: "owner",
  status: "active",
  permissions: [],
  plan: "free",
  read_only: false,
  logo: "",
  require_second_factor: false,
  created_at: "2026-01-01T00:00:00Z",
  version: `v-${name}`,
});
const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const suspended = () => json(403, { code: "tenant_suspended" });

/** A server whose requests wait until they are answered. */
function server() {
  const requests: { since: string | null; aborted: () => boolean; answer: (response: Response) => Promise<void> }[] = [];
  vi.stubGlobal(
    "fetch",
    (request: Request) =>
      new Promise<Response>((resolve, reject) => {
        request.signal.addEventListener("abort", () => reject(request.signal.reason));
        requests.push({
          since: new URL(request.url).searchParams.get("since"),
          aborted: () => request.signal.aborted,
          answer: async (response) => {
            await act(async () => {
              resolve(response);
              await vi.advanceTimersByTimeAsync(0);
            });
          },
        });
      }),
  );
  return requests;
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

function Name() {
  return <p>{useWorkspace().tenant.name}</p>;
}

async function open() {
  const grant = {
    access_token: `x.${btoa(JSON.stringify({ iat: 0, exp: 3600 }))}.`,
    expires_at: "",
    user: { id: "2", email: "a@example.com", name: "A" },
    tenants: [],
    tenant: tenant("Acme"),
  } as Parameters<typeof WorkspaceProvider>[0]["grant"];
  userSession.adopt("acme", grant);
  render(
    <WorkspaceProvider slug="acme" grant={grant} suspended={<p>suspended</p>} lost={<p>lost</p>}>
      <Name />
    </WorkspaceProvider>,
  );
  await pass(600);
}

describe("an open workspace", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    cleanup();
    focusManager.setFocused(undefined);
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("waits for changes of what it knows, one request at a time", async () => {
    const requests = server();
    await open();
    await pass(12_000);
    expect(requests.map(({ since }) => since)).toEqual(["v-Acme"]);
    await requests[0]?.answer(json(200, tenant("Acme Ltd")));
    expect(screen.getByText("Acme Ltd")).toBeDefined();
    await pass(600);
    expect(requests.map(({ since }) => since)).toEqual(["v-Acme", "v-Acme Ltd"]);
  });

  it("says that it is suspended, asks now and then whether it still is, and comes back", async () => {
    const requests = server();
    await open();
    await requests[0]?.answer(suspended());
    expect(screen.getByText("suspended")).toBeDefined();
    await pass(4_900);
    expect(requests).toHaveLength(1);
    await pass(200);
    expect(requests[1]?.since).toBeNull();
    await requests[1]?.answer(json(200, tenant("Acme")));
    expect(screen.getByText("Acme")).toBeDefined();
  });

  it("lets go while nobody looks, and asks again when somebody does", async () => {
    const requests = server();
    await open();
    await act(async () => focusManager.setFocused(false));
    expect(requests[0]?.aborted()).toBe(true);
    await pass(60_000);
    expect(requests).toHaveLength(1);
    await act(async () => focusManager.setFocused(true));
    await pass(0);
    expect(requests.map(({ since }) => since)).toEqual(["v-Acme", "v-Acme"]);
  });
});
