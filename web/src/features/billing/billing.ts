import { queryOptions } from "@tanstack/react-query";
import { type Api, publicApi, take } from "@/api/client";

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
