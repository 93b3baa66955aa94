import { useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { take } from "@/api/client";
import { asProblem } from "@/api/problem";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { toast } from "@/components/toast";

/** Opens the payment provider's checkout for a plan. Stays pending while the browser leaves. */
export function useCheckout() {
  const { t } = useLingui();
  const { api } = useWorkspace();
  return useMutation({
    mutationFn: (plan: string) => leaveFor(take(api.POST("/api/v1/billing/checkout", { body: { plan } }))),
    onError: useFailure(t`The checkout did not open`),
  });
}

/** Opens the payment provider's page for cards, invoices and cancelling. */
export function usePortal() {
  const { t } = useLingui();
  const { api } = useWorkspace();
  return useMutation({
    mutationFn: () => leaveFor(take(api.POST("/api/v1/billing/portal"))),
    onError: useFailure(t`The billing page did not open`),
  });
}

function useFailure(title: string) {
  const { i18n } = useLingui();
  return (error: unknown) => toast(title, { tone: "danger", description: problemText(i18n, asProblem(error)) });
}

const leavingMs = 15_000;

// The button stays pending until the other page is there; if the visitor stops the browser, it works again after a while.
async function leaveFor(link: Promise<{ url: string }>): Promise<void> {
  location.assign((await link).url);
  await new Promise((resolve) => setTimeout(resolve, leavingMs));
}
