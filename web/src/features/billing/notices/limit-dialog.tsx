import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Limit } from "@/api/problem";
import type { Billing, Plan } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { Loaded } from "@/components/row-list";
import { Button, buttonStyle } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { plansQuery } from "@/features/billing/billing";
import { formatNumber } from "@/format";
import { usualCurrency } from "@/plans/currency";
import { currenciesOf } from "@/plans/money";
import { PlanPrice, TrialBadge } from "@/plans/plan-price";

type Props = { limit: Limit; billing: Billing | undefined; onClose: () => void };

/** What the plan lacks for what was just tried, which plan has it, and what that costs. */
export function LimitDialog({ limit, billing, onClose }: Props) {
  const { t } = useLingui();
  const { slug, can } = useWorkspace();
  const plans = useQuery(plansQuery());
  const { label, max } = limit;
  const most = formatNumber(max);
  const present = plans.data?.find(({ key }) => key === limit.plan)?.name ?? limit.plan;
  const wanted = plans.data?.find(({ key }) => key === limit.wanted_plan);
  const name = wanted?.name;
  const manages = can("billing:write");
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={max > 0 ? t`Your plan is full` : t`Your plan does not include this`}
      description={
        max > 0 ? (
          <Trans>
            {label}: all {most} of the {present} plan are used.
          </Trans>
        ) : (
          <Trans>
            {label}: not part of the {present} plan.
          </Trans>
        )
      }
    >
      <div className="mt-4 grid gap-4">
        {limit.wanted_plan && (
          <Loaded query={plans} skeletons={1} skeleton={<Skeleton round="xl" className="h-36" />}>
            {wanted && plans.data && <Wanted plan={wanted} plans={plans.data} limit={limit} billing={billing} />}
          </Loaded>
        )}
        {!manages && (
          <p className="text-muted">
            <Trans>Ask an owner of this workspace to change the plan.</Trans>
          </p>
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{manages ? <Trans>Not now</Trans> : <Trans>Close</Trans>}</Button>
          {manages && limit.wanted_plan && (
            <Link
              to="/t/$slug/settings/billing"
              params={{ slug }}
              onClick={onClose}
              className={buttonStyle({ variant: "primary" })}
            >
              {name ? <Trans>Upgrade to {name}</Trans> : <Trans>See the plans</Trans>}
            </Link>
          )}
        </div>
      </div>
    </Dialog>
  );
}

type WantedProps = { plan: Plan; plans: readonly Plan[]; limit: Limit; billing: Billing | undefined };

function Wanted({ plan, plans, limit, billing }: WantedProps) {
  const { label } = limit;
  const granted = plan.limits.find(({ key }) => key === limit.key);
  const most = granted && formatNumber(granted.limit);
  const currency = billing?.currency || usualCurrency(navigator.languages, currenciesOf(plans));
  return (
    <div className="rounded-xl border border-accent px-4 py-3.5 ring-1 ring-accent">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-semibold">{plan.name}</h3>
        {billing?.trial_available && <TrialBadge plan={plan} />}
      </div>
      <div className="mt-1.5">
        <PlanPrice plan={plan} interval={billing?.interval ?? "month"} currency={currency} />
      </div>
      <p className="mt-2 font-medium">
        {granted?.kind === "feature" ? (
          label
        ) : granted && granted.limit < 0 ? (
          <Trans>{label}: no limit</Trans>
        ) : (
          <Trans>
            {label}: {most}
          </Trans>
        )}
      </p>
    </div>
  );
}
