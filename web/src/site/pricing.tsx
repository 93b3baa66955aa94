import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import catalogue from "@/api/plans.json";
import type { Interval, Plan } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { buttonStyle } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { currenciesOf, intervals, isFree, mostSaved } from "@/plans/money";
import { PlanLimits } from "@/plans/plan-limits";
import { PlanPrice, TrialBadge } from "@/plans/plan-price";
import { PriceSwitch } from "@/plans/price-switch";

const plans = catalogue.items as readonly Plan[];
const currencies = currenciesOf(plans);
const shownFirst = { interval: "month", currency: currencies[0] ?? "usd" } as const;
const locale = "en-US";

export function Pricing() {
  return (
    <section id="pricing" className="border-line border-y bg-subtle">
      <div className="mx-auto max-w-6xl px-4 py-20 sm:px-6 sm:py-24">
        <div className="flex flex-wrap items-end justify-between gap-x-8 gap-y-6">
          <div>
            <h2 className="text-3xl font-semibold tracking-[-0.022em]">
              <Trans>Pricing</Trans>
            </h2>
            <p className="mt-2 max-w-xl text-lg text-muted">
              <Trans>Begin for free, pay when your notes outgrow it. Change or cancel whenever you like.</Trans>
            </p>
          </div>
          <div data-price-switch>
            <PriceSwitch {...shownFirst} currencies={currencies} saved={mostSaved(plans, shownFirst.currency)} />
          </div>
        </div>
        <ul className="mt-10 grid gap-4 lg:grid-cols-3">
          {plans.map((plan) => (
            <PlanCard key={plan.key} plan={plan} />
          ))}
        </ul>
      </div>
    </section>
  );
}

function PlanCard({ plan }: { plan: Plan }) {
  const { name, highlight, trial_days: days } = plan;
  return (
    <li
      className={cn(
        "flex flex-col rounded-xl border bg-surface p-6 shadow-card",
        highlight ? "border-accent ring-1 ring-accent" : "border-line",
      )}
    >
      <div className="flex items-center gap-2">
        <h3 className="flex-1 text-lg font-semibold">{name}</h3>
        <TrialBadge plan={plan} />
        {highlight && (
          <Badge tone="accent">
            <Trans>Most teams</Trans>
          </Badge>
        )}
      </div>
      <p className="mt-1 min-h-10 text-pretty text-muted">{plan.summary}</p>
      <div className="mt-4">
        {currencies.flatMap((currency) =>
          intervals.map((interval) => (
            <Shown key={currency + interval} currency={currency} interval={interval}>
              <PlanPrice plan={plan} interval={interval} currency={currency} locale={locale} />
            </Shown>
          )),
        )}
      </div>
      <a href="/sign-up" className={buttonStyle({ variant: highlight ? "primary" : "secondary", className: "mt-4" })}>
        {isFree(plan) ? (
          <Trans>Start free</Trans>
        ) : days > 0 ? (
          <Trans>Try {name} for free</Trans>
        ) : (
          <Trans>Start with {name}</Trans>
        )}
      </a>
      <div className="mt-6 border-line border-t pt-5">
        {currencies.map((currency) => (
          <Shown key={currency} currency={currency}>
            <PlanLimits plan={plan} currency={currency} locale={locale} />
          </Shown>
        ))}
      </div>
    </li>
  );
}

/** What stands on the page for one choice of the switch; site.ts shows the one that is chosen. */
function Shown({ currency, interval, children }: { currency: string; interval?: Interval; children: ReactNode }) {
  const first = currency === shownFirst.currency && (interval ?? shownFirst.interval) === shownFirst.interval;
  return (
    <div data-price={interval ? `${currency} ${interval}` : currency} hidden={!first}>
      {children}
    </div>
  );
}
