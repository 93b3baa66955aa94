import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Limit } from "./problem";

const limitKey = ["limit-reached"] as const;

/** Keeps what the plan lacked for what was just tried, so that the page can say so. */
export const limitReached = (client: QueryClient, limit: Limit) => void client.setQueryData(limitKey, limit);

/** What the plan lacked for what was tried last, until it is forgotten. */
export function useReachedLimit() {
  const client = useQueryClient();
  const { data } = useQuery<Limit | null>({ queryKey: limitKey, enabled: false, initialData: null });
  return { limit: data, forget: () => void client.setQueryData(limitKey, null) };
}
