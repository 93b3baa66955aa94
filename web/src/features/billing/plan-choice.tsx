import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import type { Billing, Interval, Plan } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { ErrorState, LoadingRows } from "@/components/states";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { usualCurrency } from "@/plans/currency";
import { currenciesOf, isFree, mostSaved } from "@/plans/money";
import { PlanLimits } from "@/plans/plan-limits";
import { PlanPrice, TrialBadge } from "@/plans/plan-price";
import { PriceSwitch } from "@/plans/price-switch";
import { plansQuery } from "./billing";
import { CancelDialog, ChangeDialog } from "./dialogs/lazy";
import { PlanAction } from "./plan-action";

/** The plans side by side, with the way to each from the present one. */
export function PlanChoice({ billing }: { billing: Billing }) {
  const { can } = useWorkspace();
  const plans = useQuery(plansQuery());
  return (
    <section aria-labelledby="plans">
      <h2 id="plans" className="text-lg font-semibold">
        <Trans>Plans</Trans>
      </h2>
      <p className="mt-0.5 mb-4 text-muted">
        {can("billing:write") ? (
          <Trans>Payment happens on the pages of Stripe. Card numbers never reach this app.</Trans>
        ) : (
          <Trans>An owner of this workspace can change the plan.</Trans>
        )}
      </p>
      {plans.isPending ? (
        <LoadingRows rows={3} className="grid gap-4 md:grid-cols-3" row={<Skeleton round="xl" className="h-80" />} />
      ) : plans.isError ? (
        <Card>
          <ErrorState error={plans.error} onRetry={() => void plans.refetch()} />
        </Card>
      ) : (
        <Plans plans={plans.data} billing={billing} />
      )}
    </section>
  );
}

function Plans({ plans, billing }: { plans: readonly Plan[]; billing: Billing }) {
  const sold = currenciesOf(plans);
  const [interval, setInterval] = useState<Interval>(billing.interval);
  const [chosen, setCurrency] = useState(() => usualCurrency(navigator.languages, sold));
  const [wanted, setWanted] = useState<Plan>();
  const subscribed = billing.subscribed !== "";
  // A subscription stays in its currency.
  const currency = subscribed ? billing.currency : chosen;
  const close = () => setWanted(undefined);
  const present = plans.find(({ key }) => key === billing.subscribed);
  return (
    <>
      <div className="mb-4">
        <PriceSwitch
          interval={interval}
          currency={currency}
          currencies={subscribed ? [] : sold}
          saved={mostSaved(plans, currency)}
          onInterval={setInterval}
          onCurrency={setCurrency}
        />
      </div>
      <ul className="grid gap-4 md:grid-cols-3">
        {plans.map((plan) => (
          <PlanCard key={plan.key} plan={plan} billing={billing} interval={interval} currency={currency} onWant={setWanted} />
        ))}
      </ul>
      <Suspense>
        {wanted &&
          (isFree(wanted) ? (
            present && <CancelDialog billing={billing} plan={present} onClose={close} />
          ) : (
            <ChangeDialog plan={wanted} interval={interval} onClose={close} />
          ))}
      </Suspense>
    </>
  );
}

type CardProps = { plan: Plan; billing: Billing; interval: Interval; currency: string; onWant: (plan: Plan) => void };

function PlanCard({ plan, billing, ...rest }: CardProps) {
  const { interval, currency } = rest;
  const subscribed = billing.subscribed !== "";
  const current = plan.key === (billing.subscribed || billing.plan.key);
  const emphasis = plan.highlight && !subscribed;
  return (
    <li className="grid">
      <Card marked={(current && subscribed) || emphasis} className="flex flex-col p-5">
        <div className="flex min-h-5 flex-wrap items-center justify-between gap-2">
          <h3 className="font-semibold">{plan.name}</h3>
          {current ? (
            <Badge tone={subscribed ? "accent" : "neutral"}>
              <Trans>Your plan</Trans>
            </Badge>
          ) : (
            billing.trial_available && <TrialBadge plan={plan} />
          )}
        </div>
        <p className="mt-0.5 min-h-10 text-pretty text-muted">{plan.summary}</p>
        <div className="mt-3 mb-4">
          <PlanPrice plan={plan} interval={interval} currency={currency} />
        </div>
        <PlanLimits plan={plan} currency={currency} />
        <div className="mt-auto pt-5">
          <PlanAction plan={plan} billing={billing} primary={emphasis} {...rest} />
        </div>
      </Card>
    </li>
  );
}
