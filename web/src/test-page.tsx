import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { act, render } from "@testing-library/react";
import { type ReactNode, useMemo } from "react";
import { vi } from "vitest";
import { userSession } from "./api/client";
import { WorkspaceProvider } from "./api/workspace";

/** Answers of a server by "METHOD /path"; what is not listed is never answered. */
export type Answers = Record<string, (request: Request) => Response>;

export const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });

export const grant = {
  access_token: `x.${btoa(JSON.stringify({ iat: 0, exp: 3600 }))}.`,
  expires_at: "",
  user: { id: "u1", email: "ada@example.com", name: "Ada" },
  tenants: [],
  tenant: {
    id: "t1",
    slug: "acme",
    name: "Acme",
    role: "owner",
    role_name: "owner",
    status: "active",
    permissions: ["notes:write"],
    plan: "free",
    read_only: false,
    logo: "",
    require_second_factor: false,
    created_at: "2026-01-01T00:00:00Z",
    version: "1",
  },
} as const;

export const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

/** Shows a page at an address, with a server that answers as told. Unmount it and unstub the globals afterwards. */
export async function showPage(page: ReactNode, answers: Answers) {
  const calls: string[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    const call = `${request.method} ${new URL(request.url).pathname}`;
    calls.push(call);
    const answer = answers[call];
    return answer ? Promise.resolve(answer(request)) : new Promise(() => {});
  });
  vi.stubGlobal("scrollTo", () => {}); // the router calls it, and jsdom has none
  const history = createMemoryHistory({ initialEntries: ["/"] });
  const routeTree = createRootRoute({ component: () => page, notFoundComponent: () => null });
  const router = createRouter({ routeTree, history });
  await router.load();
  render(
    <I18nProvider i18n={i18n}>
      <RouterProvider router={router as never} />
    </I18nProvider>,
  );
  return { calls, history };
}

/** The workspace of the grant, opened for its children. */
export function Opened({ children }: { children: ReactNode }) {
  const opened = useMemo(
    () => ({ ...grant, tenants: [], tenant: { ...grant.tenant, permissions: [...grant.tenant.permissions] } }),
    [],
  );
  userSession.adopt("acme", opened);
  return (
    <WorkspaceProvider slug="acme" grant={opened} suspended={null} lost={null}>
      {children}
    </WorkspaceProvider>
  );
}
