import { queryOptions } from "@tanstack/react-query";
import { type Api, take } from "@/api/client";
import type { SessionInfo } from "@/api/person";

export const sessionsKey = ["me", "sessions"] as const;

export type SessionList = { items: SessionInfo[] };

export const sessionsQuery = (api: Api) =>
  queryOptions({
    queryKey: sessionsKey,
    queryFn: ({ signal }) => take(api.GET("/api/v1/me/sessions", { signal })),
    // The one in use first, then the one used last.
    select: ({ items }) =>
      [...items].sort((a, b) => Number(b.current) - Number(a.current) || Date.parse(b.last_used_at) - Date.parse(a.last_used_at)),
  });
