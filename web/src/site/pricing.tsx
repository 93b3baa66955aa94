import { Trans } from "@lingui/react/macro";
import catalogue from "@/api/plans.json";
import type { Plan } from "@/api/types";
import { PlanLimits, PlanPrice } from "@/components/plan-price";
import { Badge } from "@/components/ui/badge";
import { buttonStyle } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";

const plans: readonly Plan[] = catalogue.items;

export function Pricing() {
  return (
    <section id="pricing" className="border-line border-y bg-subtle">
      <div className="mx-auto max-w-6xl px-4 py-20 sm:px-6 sm:py-24">
        <h2 className="text-3xl font-semibold tracking-[-0.022em]">
          <Trans>Pricing</Trans>
        </h2>
        <p className="mt-2 max-w-xl text-lg text-muted">
          <Trans>Begin for free, pay when your notes outgrow it. Change or cancel whenever you like.</Trans>
        </p>
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
  const { name, highlight } = plan;
  return (
    <li
      className={cn(
        "flex flex-col rounded-xl border bg-surface p-6 shadow-card",
        highlight ? "border-accent ring-1 ring-accent" : "border-line",
      )}
    >
      <div className="flex items-center justify-between gap-2">
        <h3 className="text-lg font-semibold">{name}</h3>
        {highlight && (
          <Badge tone="accent">
            <Trans>Most teams</Trans>
          </Badge>
        )}
      </div>
      <p className="mt-1 min-h-10 text-pretty text-muted">{plan.summary}</p>
      <div className="mt-4">
        <PlanPrice plan={plan} locale="en-US" />
      </div>
      <a href="/sign-up" className={buttonStyle({ variant: highlight ? "primary" : "secondary", className: "mt-5" })}>
        {plan.price ? <Trans>Start with {name}</Trans> : <Trans>Start free</Trans>}
      </a>
      <div className="mt-6 border-line border-t pt-5">
        <PlanLimits plan={plan} />
      </div>
    </li>
  );
}
