import { type InfiniteData, infiniteQueryOptions, type QueryClient } from "@tanstack/react-query";
import { type Api, take } from "@/api/client";
import type { Member } from "@/api/types";

export const membersKey = ["members"] as const;

export function membersQuery(api: Api) {
  return infiniteQueryOptions({
    queryKey: membersKey,
    queryFn: ({ pageParam, signal }) =>
      take(api.GET("/api/v1/members", { params: { query: { limit: 50, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor || undefined,
    refetchOnMount: "always", // others join at any moment
  });
}

type Pages = InfiniteData<{ items: Member[]; next_cursor?: string }, string | undefined>;

/** Changes the members in the cache: `change` gives the new row, or undefined to take it out. */
export function changeMembers(client: QueryClient, change: (member: Member) => Member | undefined): void {
  client.setQueryData<Pages>(
    membersKey,
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({ ...page, items: page.items.map(change).filter((member) => member !== undefined) })),
      },
  );
}
