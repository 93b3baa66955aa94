import type { Plan, Usage } from "@/api/types";

/** What is used of each limit that the plan does not have room for, with the limit of the plan. */
export function overFree(plan: Plan, usage: readonly Usage[]): Usage[] {
  return usage.flatMap((used) => {
    const limit = plan.limits.find(({ key, kind }) => key === used.key && kind === "limit")?.limit;
    return limit !== undefined && limit >= 0 && used.used >= limit ? [{ ...used, limit }] : [];
  });
}
