import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { type Api, take } from "@/api/client";

export const invitationsKey = ["invitations"] as const;

export function invitationsQuery(api: Api) {
  return infiniteQueryOptions({
    queryKey: invitationsKey,
    queryFn: ({ pageParam, signal }) =>
      take(api.GET("/api/v1/invitations", { params: { query: { limit: 50, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor || undefined,
  });
}

export const domainsKey = ["domains"] as const;

export const domainsQuery = (api: Api) =>
  queryOptions({ queryKey: domainsKey, queryFn: ({ signal }) => take(api.GET("/api/v1/domains", { signal })) });
