import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { Billing, Interval, Plan } from "@/api/types";
import { Button } from "@/components/ui/button";
import { formatNumber } from "@/format";
import { isFree, priceOf } from "@/plans/money";
import { useCheckout } from "./use-redirects";

type Props = {
  plan: Plan;
  billing: Billing;
  interval: Interval;
  currency: string;
  primary: boolean;
  /** A workspace with a subscription wants this plan: it is asked before anything changes. */
  onWant: (plan: Plan) => void;
};

/** What a press on a plan does: the first one is bought at the checkout, another one or another interval is a change. */
export function PlanAction({ plan, billing, interval, currency, primary, onWant }: Props) {
  const checkout = useCheckout();
  const style = { variant: primary ? "primary" : "secondary", className: "w-full" } as const;
  const { name, trial_days: trialDays } = plan;
  if (!billing.can_manage) return null;
  if (billing.subscribed === "") {
    if (isFree(plan) || !priceOf(plan, interval, currency)) return null;
    const days = formatNumber(trialDays);
    return (
      <Button {...style} pending={checkout.isPending} onClick={() => checkout.mutate({ plan: plan.key, interval, currency })}>
        {billing.trial_available && trialDays > 0 ? (
          <Named name={name}>
            <Trans>Start {days}-day trial</Trans>
          </Named>
        ) : (
          <Trans>Subscribe to {name}</Trans>
        )}
      </Button>
    );
  }
  const current = plan.key === billing.subscribed;
  if ((current && interval === billing.interval) || (isFree(plan) && billing.cancel_at)) return null;
  return (
    <Button {...style} onClick={() => onWant(plan)}>
      {!current ? (
        <Trans>Change to {name}</Trans>
      ) : interval === "year" ? (
        <Trans>Change to yearly</Trans>
      ) : (
        <Trans>Change to monthly</Trans>
      )}
    </Button>
  );
}

/** Says of which plan a button is to who cannot see the card round it. */
function Named({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span>
      {children} <span className="sr-only">({name})</span>
    </span>
  );
}
