import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { Metered, Plan, PlanLimit } from "@/api/types";
import { formatMoney, formatNumber } from "@/format";
import { meteredAmount } from "./money";

type Props = { plan: Plan; currency: string; locale?: string };

/** What a plan holds, one line for each feature, limit and meter; what is charged by use says so. */
export function PlanLimits({ plan, currency, locale }: Props) {
  return (
    <ul className="grid gap-2">
      {plan.limits.map((granted) => {
        const has = granted.limit !== 0;
        return (
          <li key={granted.key} className={has ? "flex gap-2" : "flex gap-2 text-muted"}>
            <Mark has={has} />
            <span className="min-w-0">
              <Granted
                granted={granted}
                metered={plan.metered.find(({ key }) => key === granted.key)}
                currency={currency}
                locale={locale}
              />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

type GrantedProps = { granted: PlanLimit; metered: Metered | undefined; currency: string; locale?: string };

function Granted({ granted, metered, currency, locale }: GrantedProps) {
  const { label, kind, limit } = granted;
  if (limit === 0)
    return (
      <Trans>
        {label} <span className="sr-only">(not included)</span>
      </Trans>
    );
  if (kind === "feature") return label;
  const charged = metered && meteredAmount(metered, currency);
  if (metered && charged !== undefined) {
    const included = formatNumber(metered.included);
    const per = formatNumber(metered.per);
    const price = formatMoney(charged, currency, locale);
    return (
      <Trans>
        {label}: <Much>{included}</Much> a month included, then {price} per {per}
      </Trans>
    );
  }
  const number = formatNumber(limit);
  if (limit < 0)
    return (
      <Trans>
        {label}: <Much>unlimited</Much>
      </Trans>
    );
  return kind === "meter" ? (
    <Trans>
      {label}: <Much>{number}</Much> a month
    </Trans>
  ) : (
    <Trans>
      {label}: <Much>{number}</Much>
    </Trans>
  );
}

function Much({ children }: { children?: ReactNode }) {
  return <strong className="font-semibold">{children}</strong>;
}

function Mark({ has }: { has: boolean }) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      className={has ? "mt-0.5 size-4 shrink-0 text-accent-text" : "mt-0.5 size-4 shrink-0"}
    >
      <path
        d={has ? "m3.5 8.5 3 3 6-7" : "M4 8h8"}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.75"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
