import { useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { take } from "@/api/client";
import { useWorkspace } from "@/api/workspace";
import { toast } from "@/components/toast";
import { subscriptionChanged } from "./billing";
import { useFailure } from "./use-redirects";

/** Takes back a cancellation or a pause. */
export function useResume() {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => take(api.POST("/api/v1/billing/resume")),
    onSuccess: (billing) => {
      subscriptionChanged(client, billing);
      const { name } = billing.plan;
      toast(t`${name} goes on`, { tone: "success" });
    },
    onError: useFailure(t`The plan was not resumed`),
  });
}
