import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { apiIn, operatorSession, publicApi, take } from "@/api/client";
import type { OperatorTenantDetail } from "@/api/types";

export const operatorApi = apiIn(operatorSession, "");

const first = undefined as string | undefined;
const next = (page: { next_cursor?: string }) => page.next_cursor || undefined;

export function tenantsQuery(q: string) {
  return infiniteQueryOptions({
    queryKey: ["operator", "tenants", { q }],
    queryFn: ({ pageParam, signal }) =>
      take(
        operatorApi.GET("/api/v1/operator/tenants", {
          params: { query: { q: q || undefined, limit: 50, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: first,
    getNextPageParam: next,
  });
}

const tenantKey = (id: string) => ["operator", "tenant", id] as const;

export function tenantQuery(id: string) {
  return queryOptions({
    queryKey: tenantKey(id),
    queryFn: ({ signal }) => take(operatorApi.GET("/api/v1/operator/tenants/{id}", { params: { path: { id } }, signal })),
  });
}

/** Puts a changed tenant into the cache and asks for the lists that show it again. */
export function showTenant(client: QueryClient, tenant: OperatorTenantDetail): void {
  client.setQueryData(tenantKey(tenant.id), tenant);
  void client.invalidateQueries({ queryKey: ["operator", "tenants"] });
  void client.invalidateQueries({ queryKey: ["operator", "audit"] });
}

export function auditQuery(tenantId: string | undefined) {
  return infiniteQueryOptions({
    queryKey: ["operator", "audit", { tenantId }],
    queryFn: ({ pageParam, signal }) =>
      take(
        operatorApi.GET("/api/v1/operator/audit", {
          params: { query: { tenant_id: tenantId, limit: 50, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: first,
    getNextPageParam: next,
  });
}

/** Ends the operator's session at the server and in every tab, and leaves with a fresh page. */
export async function signOutOperator(): Promise<void> {
  await publicApi.POST("/api/v1/operator/sign-out");
  operatorSession.end();
  location.assign("/operator/sign-in");
}
