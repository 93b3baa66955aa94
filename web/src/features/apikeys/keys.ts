import { infiniteQueryOptions } from "@tanstack/react-query";
import { type Api, take } from "@/api/client";
import type { ApiKey } from "@/api/types";

export const keysKey = ["api-keys"] as const;

export function keysQuery(api: Api) {
  return infiniteQueryOptions({
    queryKey: keysKey,
    queryFn: ({ pageParam, signal }) =>
      take(api.GET("/api/v1/api-keys", { params: { query: { limit: 50, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor || undefined,
  });
}

export type KeyState = "active" | "expired" | "revoked";

export function stateOf(key: Pick<ApiKey, "revoked_at" | "expires_at">, now = Date.now()): KeyState {
  if (key.revoked_at) return "revoked";
  return key.expires_at && Date.parse(key.expires_at) <= now ? "expired" : "active";
}

/** A call that shows how a key is used; without one, with a variable in its place. */
export function curl(origin: string, secret?: string): string {
  return `curl ${origin}/api/v1/tenant \\\n  -H "Authorization: Bearer ${secret ?? "$API_KEY"}"`;
}
