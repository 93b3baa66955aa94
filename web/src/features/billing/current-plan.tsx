import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, Suspense, useState } from "react";
import type { Billing, Plan, Usage } from "@/api/types";
import { Button } from "@/components/ui/button";
import { CardSection } from "@/components/ui/card";
import { Meter } from "@/components/ui/meter";
import { formatDate, formatMoney, formatNumber } from "@/format";
import { CancelDialog, PauseDialog } from "./dialogs/lazy";
import { PlanNotices } from "./plan-notices";
import { BillingStatus } from "./status-badge";
import { useSubscribedPlan } from "./use-plans";

/** The plan of this workspace: what it costs, how long it runs, and how much of it is used. */
export function CurrentPlan({ billing }: { billing: Billing }) {
  const [asking, setAsking] = useState<"cancel" | "pause">();
  const plan = useSubscribedPlan(billing);
  const { status } = billing;
  const { name } = plan;
  const subscribed = billing.subscribed !== "";
  const steady = subscribed && billing.can_manage && !billing.cancel_at;
  return (
    <CardSection
      title={
        <span className="flex flex-wrap items-center gap-2">
          <Trans>{name} plan</Trans>
          {subscribed && <BillingStatus of="subscription" status={status} />}
        </span>
      }
      description={subscribed ? plan.summary : <Trans>No charge, and no end date.</Trans>}
      actions={
        steady && (
          <span className="flex gap-2">
            {status === "active" && (
              <Button size="sm" onClick={() => setAsking("pause")}>
                <Trans>Pause</Trans>
              </Button>
            )}
            <Button size="sm" onClick={() => setAsking("cancel")}>
              <Trans>Cancel plan</Trans>
            </Button>
          </span>
        )
      }
    >
      <PlanNotices billing={billing} plan={plan} />
      {subscribed && <Facts billing={billing} plan={plan} />}
      <ul className="grid gap-x-8 gap-y-5 border-line border-t px-5 py-5 sm:grid-cols-2">
        {billing.usage.map((usage) => (
          <UsageBar key={usage.key} usage={usage} />
        ))}
      </ul>
      <Suspense>
        {asking === "cancel" && <CancelDialog billing={billing} plan={plan} onClose={() => setAsking(undefined)} />}
        {asking === "pause" && <PauseDialog plan={plan} onClose={() => setAsking(undefined)} />}
      </Suspense>
    </CardSection>
  );
}

function Facts({ billing, plan }: { billing: Billing; plan: Plan }) {
  const { amount, currency, interval, seats, paid_seats: paid, period_end: end, trial_end: trialEnd } = billing;
  const total = formatMoney(amount, currency);
  const ends = billing.cancel_at ?? (billing.status === "paused" ? undefined : end);
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 border-line border-t px-5 py-4 sm:grid-cols-4">
      <Fact name={<Trans>Price</Trans>}>
        {interval === "year" ? <Trans>{total} a year</Trans> : <Trans>{total} a month</Trans>}
      </Fact>
      <Fact name={plan.per_seat ? <Trans>Seats</Trans> : <Trans>Members</Trans>}>
        <Plural value={seats} one="# member" other="# members" />
        {plan.per_seat && (
          <>
            , <Plural value={paid} one="# seat paid" other="# seats paid" />
          </>
        )}
      </Fact>
      {ends && (
        <Fact
          name={
            billing.cancel_at ? <Trans>Ends on</Trans> : trialEnd ? <Trans>First payment</Trans> : <Trans>Next payment</Trans>
          }
        >
          {formatDate(ends)}
        </Fact>
      )}
      {trialEnd && !billing.cancel_at && <Fact name={<Trans>Trial ends</Trans>}>{formatDate(trialEnd)}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="mt-0.5 font-medium tabular-nums">{children}</dd>
    </div>
  );
}

function UsageBar({ usage }: { usage: Usage }) {
  const { t } = useLingui();
  const { label, used, limit } = usage;
  const amount = formatNumber(used);
  const most = formatNumber(limit);
  const text = limit < 0 ? t`${amount}, no limit` : t`${amount} of ${most}`;
  return (
    <li>
      <p className="flex items-baseline justify-between gap-4">
        <span className="font-medium">{label}</span>
        <span className="text-muted tabular-nums">{text}</span>
      </p>
      <div className="mt-2">
        {limit < 0 ? (
          <div className="h-1.5 rounded-full bg-success-soft" />
        ) : (
          <Meter label={label} value={used} max={limit} text={text} />
        )}
      </div>
    </li>
  );
}
