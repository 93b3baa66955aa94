import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { type Api, publicApi, take } from "@/api/client";
import type { Billing, Card, Interval } from "@/api/types";
import { tenantKey } from "@/api/workspace";

export const billingKey = ["billing"] as const;

export function billingQuery(api: Api) {
  return queryOptions({ queryKey: billingKey, queryFn: ({ signal }) => take(api.GET("/api/v1/billing", { signal })) });
}

export function plansQuery() {
  return queryOptions({
    queryKey: ["plans"],
    queryFn: async ({ signal }) => (await take(publicApi.GET("/api/v1/billing/plans", { signal }))).items,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const detailsMs = 60_000;

/** The card that the subscription is charged to; null is none. */
export function cardQuery(api: Api) {
  return queryOptions({
    queryKey: ["billing-card"],
    queryFn: async ({ signal }): Promise<Card | null> => (await take(api.GET("/api/v1/billing/payment-method", { signal }))).card,
    staleTime: detailsMs,
    refetchOnWindowFocus: "always", // the card is changed on a page of the payment provider
  });
}

const invoicesPage = 10;

export function invoicesQuery(api: Api) {
  return infiniteQueryOptions({
    queryKey: ["billing-invoices"],
    queryFn: ({ pageParam, signal }) =>
      take(api.GET("/api/v1/billing/invoices", { params: { query: { limit: invoicesPage, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor || undefined,
  });
}

export function usageQuery(api: Api) {
  return queryOptions({
    queryKey: ["billing-usage"],
    queryFn: async ({ signal }) =>
      (await take(api.GET("/api/v1/billing/usage", { params: { query: { days: 30 } }, signal }))).items,
    staleTime: detailsMs,
  });
}

/** What a change costs. The amounts hold for an hour, so each time that somebody asks they are reckoned again. */
export function previewQuery(api: Api, plan: string, interval: Interval) {
  return queryOptions({
    queryKey: ["billing-preview", plan, interval],
    queryFn: ({ signal }) => take(api.POST("/api/v1/billing/preview", { body: { plan, interval }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

/** Shows what the server answered to a change of the subscription, and has all that follows from it asked again. */
export function subscriptionChanged(client: QueryClient, billing: Billing): void {
  client.setQueryData(billingKey, billing);
  for (const queryKey of [tenantKey, ["billing-invoices"], ["billing-usage"], ["billing-card"]])
    void client.invalidateQueries({ queryKey });
}
