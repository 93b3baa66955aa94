import { focusManager, QueryClientProvider, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useMemo } from "react";
import { type Api, apiIn, take, userSession } from "./client";
import { limitReached } from "./limit";
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
  /** Whether it demands a second factor that the session has not shown: nothing in it can be read until then. */
  locked: boolean;
  /** Whether the user's role has the permission, such as "notes:write". The server decides; this only shapes the page. */
  can: (permission: string) => boolean;
};

const WorkspaceContext = createContext<Workspace | undefined>(undefined);

export function useWorkspace(): Workspace {
  const workspace = use(WorkspaceContext);
  if (!workspace) throw new Error("useWorkspace outside of a workspace");
  return workspace;
}

const pauseMs = 500;
const retryMs = 5_000;

export const tenantKey = ["tenant"] as const;

/** The workspace as the user sees it. The server answers when that changes, so one request is on its way while the page is visible. */
export function tenantQuery(api: Api) {
  return queryOptions({
    queryKey: tenantKey,
    queryFn: ({ client, signal }) => {
      const known = client.getQueryState<CurrentTenant>(tenantKey);
      const since = known?.status === "success" && !known.isInvalidated ? known.data?.version : undefined;
      return take(api.GET("/api/v1/tenant/changes", { params: { query: { since } }, signal }));
    },
    refetchInterval: ({ state }) => (state.status === "error" ? retryMs : pauseMs),
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
  const client = useMemo(() => {
    const created = newQueryClient((error) => {
      if (
        hasCode(error, "tenant_suspended", "second_factor_required_here") &&
        created.getQueryState(tenantKey)?.status === "success"
      )
        void created.invalidateQueries({ queryKey: tenantKey });
    });
    return created;
  }, []);
  const api = useMemo(() => apiIn(userSession, slug, ({ limit }) => limit && limitReached(client, limit)), [slug, client]);
  return (
    <QueryClientProvider client={client}>
      <Watched slug={slug} api={api} {...rest} />
    </QueryClientProvider>
  );
}

function Watched({ slug, api, grant, children, suspended, lost }: Props & { api: Api }) {
  const client = useQueryClient();
  useEffect(() => focusManager.subscribe((visible) => void (visible || client.cancelQueries({ queryKey: tenantKey }))), [client]);
  const { data = grant.tenant, error } = useQuery({ ...tenantQuery(api), initialData: grant.tenant });
  const locked = hasCode(error, "second_factor_required_here");
  const workspace = useMemo<Workspace>(
    () => ({
      slug,
      api,
      tenant: data,
      user: grant.user,
      tenants: grant.tenants,
      locked,
      can: (permission) => data.permissions.includes(permission),
    }),
    [slug, api, data, grant, locked],
  );
  const state =
    hasCode(error, "tenant_suspended") || data.status === "suspended"
      ? suspended
      : hasCode(error, "not_a_member", "tenant_required")
        ? lost
        : children;
  return <WorkspaceContext value={workspace}>{state}</WorkspaceContext>;
}
