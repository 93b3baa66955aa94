import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { asProblem } from "./problem";

/** A cache of answers. Each workspace has one of its own, so that nothing of one is ever shown in another. */
export function newQueryClient(onError?: (error: unknown) => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        networkMode: "always",
        retry: (count, error) => count < 2 && asProblem(error).temporary && asProblem(error).status !== 429,
        retryDelay: (attempt) => 500 * 2 ** attempt,
      },
      mutations: { networkMode: "always" },
    },
  });
}
