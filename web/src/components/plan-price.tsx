import { Trans } from "@lingui/react/macro";
import type { Plan } from "@/api/types";
import { formatMoney, formatNumber } from "@/format";

/** The price of a plan, and what it is counted by. */
export function PlanPrice({ plan, locale }: { plan: Plan; locale?: string }) {
  const { price } = plan;
  return (
    <p className="flex items-baseline gap-1.5">
      <span className="text-3xl font-semibold tracking-tight tabular-nums">
        {price ? formatMoney(price.monthly, price.currency, locale) : formatMoney(0, "usd", locale)}
      </span>
      <span className="text-muted">
        {!price ? <Trans>for good</Trans> : price.per_seat ? <Trans>per seat and month</Trans> : <Trans>per month</Trans>}
      </span>
    </p>
  );
}

/** What a plan holds, one line for each limit. */
export function PlanLimits({ plan }: { plan: Plan }) {
  return (
    <ul className="grid gap-2">
      {plan.limits.map(({ key, label, limit }) => (
        <li key={key} className="flex items-center gap-2">
          <svg viewBox="0 0 16 16" aria-hidden="true" className="size-4 shrink-0 text-accent-text">
            <path
              d="m3.5 8.5 3 3 6-7"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.75"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          </svg>
          <span>
            {label}: <strong className="font-semibold">{limit < 0 ? <Trans>unlimited</Trans> : formatNumber(limit)}</strong>
          </span>
        </li>
      ))}
    </ul>
  );
}
