import { Trans } from "@lingui/react/macro";
import type { Interval, Plan } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { formatMoney, formatNumber } from "@/format";
import { isFree, perMonth, priceOf, yearlySaving } from "./money";

type Props = { plan: Plan; interval: Interval; currency: string; locale?: string };

/** What a plan costs by the month, what it is counted by, and what paying by the year saves. */
export function PlanPrice({ plan, interval, currency, locale }: Props) {
  const price = priceOf(plan, interval, currency);
  const money = (minor: number) => formatMoney(minor, currency, locale);
  return (
    <div>
      <p className="flex flex-wrap items-baseline gap-x-1.5">
        <span className="text-3xl font-semibold tracking-tight tabular-nums">{money(price ? perMonth(price) : 0)}</span>
        <span className="text-muted">
          {!price ? <Trans>for good</Trans> : plan.per_seat ? <Trans>per seat and month</Trans> : <Trans>per month</Trans>}
        </span>
      </p>
      <p className="mt-1 min-h-5 text-sm text-muted tabular-nums">
        {price && (
          <Billed plan={plan} interval={interval} amount={money(price.amount)} saved={money(yearlySaving(plan, currency))} />
        )}
      </p>
    </div>
  );
}

type BilledProps = { plan: Plan; interval: Interval; amount: string; saved: string };

function Billed({ plan, interval, amount, saved }: BilledProps) {
  if (interval === "month") return <Trans>Billed monthly</Trans>;
  return plan.per_seat ? (
    <Trans>
      {amount} per seat billed yearly, <span className="font-medium text-success-text">saves {saved}</span>
    </Trans>
  ) : (
    <Trans>
      {amount} billed yearly, <span className="font-medium text-success-text">saves {saved}</span>
    </Trans>
  );
}

/** How long a plan can be tried for nothing. */
export function TrialBadge({ plan }: { plan: Plan }) {
  if (isFree(plan) || plan.trial_days === 0) return null;
  const days = formatNumber(plan.trial_days);
  return (
    <Badge tone="success">
      <Trans>{days} days free</Trans>
    </Badge>
  );
}
