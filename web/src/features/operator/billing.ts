import { type InfiniteData, infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { take } from "@/api/client";
import type { StripeEvent } from "@/api/types";
import type { EventState, SubscriptionStatus } from "./filters";
import { operatorApi } from "./operator";

const first = undefined as string | undefined;
const next = (page: { next_cursor?: string }) => page.next_cursor || undefined;

const pageSize = 50;
const pendingMs = 2_000;

export function subscriptionsQuery(status: SubscriptionStatus | undefined) {
  return infiniteQueryOptions({
    queryKey: ["operator", "subscriptions", { status }],
    queryFn: ({ pageParam, signal }) =>
      take(
        operatorApi.GET("/api/v1/operator/billing/subscriptions", {
          params: { query: { status, limit: pageSize, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: first,
    getNextPageParam: next,
  });
}

export function revenueQuery() {
  return queryOptions({
    queryKey: ["operator", "revenue"],
    queryFn: ({ signal }) => take(operatorApi.GET("/api/v1/operator/billing/revenue", { signal })),
  });
}

export const eventsKey = ["operator", "events"] as const;

const somePending = (data: InfiniteData<{ items: StripeEvent[] }> | undefined) =>
  data?.pages.some((page) => page.items.some((event) => event.state === "pending"));

/** Asks again by itself while an event waits to be applied. */
export function eventsQuery(state: EventState | undefined) {
  return infiniteQueryOptions({
    queryKey: [...eventsKey, { state }],
    queryFn: ({ pageParam, signal }) =>
      take(
        operatorApi.GET("/api/v1/operator/billing/events", {
          params: { query: { state, limit: pageSize, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: first,
    getNextPageParam: next,
    refetchInterval: (query) => (somePending(query.state.data) ? pendingMs : false),
  });
}

export function incidentsQuery() {
  return infiniteQueryOptions({
    queryKey: ["operator", "incidents"],
    queryFn: ({ pageParam, signal }) =>
      take(
        operatorApi.GET("/api/v1/operator/billing/incidents", {
          params: { query: { limit: pageSize, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: first,
    getNextPageParam: next,
  });
}

export function tenantUsageQuery(id: string) {
  return queryOptions({
    queryKey: ["operator", "usage", id],
    queryFn: async ({ signal }) =>
      (
        await take(
          operatorApi.GET("/api/v1/operator/billing/tenants/{id}/usage", {
            params: { path: { id } },
            signal,
          }),
        )
      ).items,
  });
}
