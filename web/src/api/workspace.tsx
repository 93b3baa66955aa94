import { type QueryClient, QueryClientProvider, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useMemo } from "react";
import { type Api, apiIn, take, userSession } from "./client";
import { hasCode } from "./problem";
import { newQueryClient } from "./queries";
import type { CurrentTenant, SessionGrant, TenantRef, User } from "./types";

/** The workspace that this tab works in. */
export type Workspace = {
  slug: string;
  tenant: CurrentTenant;
  user: User;
  tenants: readonly TenantRef[];
  api: Api;
  /** Whether the user's role has the permission, such as "notes:write". The server decides; this only shapes the page. */
  can: (permission: string) => boolean;
};

const WorkspaceContext = createContext<Workspace | undefined>(undefined);

export function useWorkspace(): Workspace {
  const workspace = use(WorkspaceContext);
  if (!workspace) throw new Error("useWorkspace outside of a workspace");
  return workspace;
}

const busyMs = 1_000;
const idleMs = 10_000;
const busyForMs = 30_000;

// A suspended or changed workspace is noticed at once by who works in it, without asking much of idle tabs.
let lastInput = 0;
const isBusy = () => performance.now() - lastInput < busyForMs;
const pace = () => (isBusy() ? busyMs : idleMs);

export const tenantKey = ["tenant"] as const;

export function tenantQuery(api: Api) {
  return queryOptions({
    queryKey: tenantKey,
    queryFn: ({ signal }) => take(api.GET("/api/v1/tenant", { signal })),
    refetchInterval: pace,
    refetchOnWindowFocus: "always",
    retry: false,
  });
}

type Props = {
  slug: string;
  grant: SessionGrant & { tenant: CurrentTenant };
  children: ReactNode;
  /** Shown instead of the children when the workspace is suspended, or when the user is no longer in it. */
  suspended: ReactNode;
  lost: ReactNode;
};

/** Opens a workspace for its children: its client, its own cache of answers, and a watch on its state. */
export function WorkspaceProvider({ slug, ...rest }: Props) {
  const api = useMemo(() => apiIn(userSession, slug), [slug]);
  const client = useMemo(() => {
    const created = newQueryClient((error) => {
      if (hasCode(error, "tenant_suspended")) void created.invalidateQueries({ queryKey: tenantKey });
    });
    return created;
  }, []);
  return (
    <QueryClientProvider client={client}>
      <Watched slug={slug} api={api} {...rest} />
    </QueryClientProvider>
  );
}

/** Keeps the pace, and asks at once when somebody comes back to an idle page. */
function useActivity(client: QueryClient) {
  useEffect(() => {
    const onInput = () => {
      if (!isBusy()) void client.invalidateQueries({ queryKey: tenantKey });
      lastInput = performance.now();
    };
    const events = ["pointerdown", "keydown", "scroll"] as const;
    for (const event of events) addEventListener(event, onInput, { capture: true, passive: true });
    return () => {
      for (const event of events) removeEventListener(event, onInput, { capture: true });
    };
  }, [client]);
}

function Watched({ slug, api, grant, children, suspended, lost }: Props & { api: Api }) {
  useActivity(useQueryClient());
  const { data = grant.tenant, error } = useQuery({ ...tenantQuery(api), initialData: grant.tenant });
  const workspace = useMemo<Workspace>(
    () => ({
      slug,
      api,
      tenant: data,
      user: grant.user,
      tenants: grant.tenants,
      can: (permission) => data.permissions.includes(permission),
    }),
    [slug, api, data, grant],
  );
  const state =
    hasCode(error, "tenant_suspended") || data.status === "suspended"
      ? suspended
      : hasCode(error, "not_a_member", "tenant_required")
        ? lost
        : children;
  return <WorkspaceContext value={workspace}>{state}</WorkspaceContext>;
}
