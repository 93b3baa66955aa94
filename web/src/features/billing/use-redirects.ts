import { useLingui } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { take } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { Interval } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { toast } from "@/components/toast";

type Choice = { plan: string; interval: Interval; currency: string };

/** Opens the payment provider's checkout for a plan. Stays pending while the browser leaves. */
export function useCheckout() {
  const { t } = useLingui();
  const { api } = useWorkspace();
  return useMutation({
    mutationFn: (body: Choice) => leaveFor(take(api.POST("/api/v1/billing/checkout", { body }))),
    onError: useFailure(t`The checkout did not open`),
  });
}

/** Opens the payment provider's page for cards, addresses and tax numbers; with the flow it begins at the change of the card. */
export function usePortal() {
  const { t } = useLingui();
  const { api } = useWorkspace();
  return useMutation({
    mutationFn: (flow?: "payment_method") => leaveFor(take(api.POST("/api/v1/billing/portal", { body: { flow } }))),
    onError: useFailure(t`The billing page did not open`),
  });
}

/** Tells by a toast why something failed. */
export function useFailure(title: string) {
  const { i18n } = useLingui();
  return (error: unknown) => toast(title, { tone: "danger", description: problemText(i18n, asProblem(error)) });
}

const leavingMs = 15_000;

// The button stays pending until the other page is there; if the visitor stops the browser, it works again after a while.
async function leaveFor(link: Promise<{ url: string }>): Promise<void> {
  location.assign((await link).url);
  await new Promise((resolve) => setTimeout(resolve, leavingMs));
}
