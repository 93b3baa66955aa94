import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { Billing, Plan } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { PlanLimits, PlanPrice } from "@/components/plan-price";
import { ErrorState, LoadingRows } from "@/components/states";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { plansQuery } from "./billing";
import { useCheckout } from "./use-redirects";

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
        <LoadingRows rows={3} className="grid gap-4 md:grid-cols-3" row={<Skeleton round="xl" className="h-60" />} />
      ) : plans.isError ? (
        <ErrorState error={plans.error} onRetry={() => void plans.refetch()} />
      ) : (
        <ul className="grid gap-4 md:grid-cols-3">
          {plans.data.map((plan) => (
            <PlanCard key={plan.key} plan={plan} billing={billing} />
          ))}
        </ul>
      )}
    </section>
  );
}

function PlanCard({ plan, billing }: { plan: Plan; billing: Billing }) {
  const current = plan.key === billing.plan.key;
  const emphasis = plan.highlight && !billing.plan.price;
  const paid = current && plan.price !== null;
  return (
    <li className="grid">
      <Card marked={paid || emphasis} className="flex flex-col p-5">
        <div className="flex items-center justify-between gap-2">
          <h3 className="font-semibold">{plan.name}</h3>
          {current && (
            <Badge tone={paid ? "accent" : "neutral"}>
              <Trans>Your plan</Trans>
            </Badge>
          )}
        </div>
        <p className="mt-0.5 min-h-10 text-pretty text-muted">{plan.summary}</p>
        <div className="mt-3 mb-4">
          <PlanPrice plan={plan} />
        </div>
        <PlanLimits plan={plan} />
        <div className="mt-auto pt-5">{!current && <PlanAction plan={plan} billing={billing} primary={emphasis} />}</div>
      </Card>
    </li>
  );
}

// A workspace has one subscription: another plan begins when the running one has ended.
function PlanAction({ plan, billing, primary }: { plan: Plan; billing: Billing; primary: boolean }) {
  const { t } = useLingui();
  const checkout = useCheckout();
  const { name } = plan;
  if (!billing.can_manage) return null;
  if (billing.plan.price) {
    return (
      <p className="text-sm text-muted">
        <Trans>Cancel the present plan under “Manage billing” first; you can change when it has ended.</Trans>
      </p>
    );
  }
  return (
    <Button
      variant={primary ? "primary" : "secondary"}
      className="w-full"
      aria-label={t`Upgrade to ${name}`}
      pending={checkout.isPending}
      onClick={() => checkout.mutate(plan.key)}
    >
      <Trans>Upgrade to {name}</Trans>
    </Button>
  );
}
