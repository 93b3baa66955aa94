import { useQueryClient } from "@tanstack/react-query";
import type { CurrentTenant } from "@/api/types";
import { tenantKey } from "@/api/workspace";

/** Puts an answer that is newer than what the page knows where the whole page reads it. */
export function useShowTenant(): (tenant: CurrentTenant) => void {
  const client = useQueryClient();
  return (tenant) => client.setQueryData(tenantKey, tenant);
}
