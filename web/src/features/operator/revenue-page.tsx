import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChartColumn } from "lucide-react";
import type { ReactNode } from "react";
import type { Revenue } from "@/api/types";
import { usePageTitle } from "@/components/auth-layout";
import { EmptyState, ErrorState, LoadingRows } from "@/components/states";
import { buttonStyle } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { formatMoney, formatNumber, formatPercent } from "@/format";
import { revenueQuery } from "./billing";
import type { SubscriptionStatus } from "./filters";
import { PageHead } from "./page-head";

export function RevenuePage() {
  const { t } = useLingui();
  const revenue = useQuery(revenueQuery());
  usePageTitle(t`Revenue`);
  return (
    <>
      <PageHead
        title={<Trans>Revenue</Trans>}
        description={
          <Trans>What all subscriptions bring, before usage, discounts and tax. A yearly one counts by a twelfth.</Trans>
        }
      />
      <div className="mt-5">
        {revenue.data ? (
          <Figures revenue={revenue.data} />
        ) : revenue.isError ? (
          <Card>
            <ErrorState error={revenue.error} retrying={revenue.isFetching} onRetry={() => void revenue.refetch()} />
          </Card>
        ) : (
          <LoadingRows rows={2} className="grid gap-4" row={<Skeleton round="xl" className="h-28" />} />
        )}
      </div>
    </>
  );
}

function Figures({ revenue }: { revenue: Revenue }) {
  const { active, trialing, past_due, paused, currencies, churn, trials } = revenue;
  if (active + trialing + past_due + paused + churn.whole + trials.whole === 0) {
    return (
      <Card>
        <EmptyState
          icon={<ChartColumn />}
          title={<Trans>No revenue yet</Trans>}
          action={
            <Link to="/operator/tenants" className={buttonStyle({})}>
              <Trans>See the workspaces</Trans>
            </Link>
          }
        >
          <Trans>
            With the first subscription this page tells what comes in each month, who leaves and how many trials are worth it.
          </Trans>
        </EmptyState>
      </Card>
    );
  }
  return (
    <div className="grid gap-6">
      <section aria-labelledby="monthly">
        <Heading id="monthly">
          <Trans>Monthly recurring revenue</Trans>
        </Heading>
        <dl className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
          {currencies.length === 0 && (
            <Figure label={<Trans>No paid subscription</Trans>} value="–">
              <Trans>Trials count once they are paid.</Trans>
            </Figure>
          )}
          {currencies.map(({ currency, mrr, subscriptions }) => (
            <Figure key={currency} label={currency.toUpperCase()} value={formatMoney(mrr, currency)}>
              <Plural value={subscriptions} one="from # subscription" other="from # subscriptions" />
            </Figure>
          ))}
        </dl>
      </section>
      <section aria-labelledby="now">
        <Heading id="now">
          <Trans>Subscriptions now</Trans>
        </Heading>
        <dl className="grid grid-cols-2 gap-4 lg:grid-cols-4">
          <Count status="active" label={<Trans>Active</Trans>} count={active} />
          <Count status="trialing" label={<Trans>In their trial</Trans>} count={trialing} />
          <Count status="past_due" label={<Trans>Past due</Trans>} count={past_due} />
          <Count status="paused" label={<Trans>Paused</Trans>} count={paused} />
        </dl>
      </section>
      <section aria-labelledby="lately">
        <Heading id="lately">
          <Trans>Lately</Trans>
        </Heading>
        <dl className="grid gap-4 sm:grid-cols-2">
          <Figure label={<Trans>Churn in 30 days</Trans>} value={share(churn)}>
            {churn.whole > 0 ? (
              <Trans>
                {formatNumber(churn.part)} of {formatNumber(churn.whole)} paid subscriptions ended
              </Trans>
            ) : (
              <Trans>30 days ago there was no paid subscription.</Trans>
            )}
          </Figure>
          <Figure label={<Trans>Trials that became paid</Trans>} value={share(trials)}>
            {trials.whole > 0 ? (
              <Trans>
                {formatNumber(trials.part)} of {formatNumber(trials.whole)} trials that ended in the last 90 days
              </Trans>
            ) : (
              <Trans>No trial ended in the last 90 days.</Trans>
            )}
          </Figure>
        </dl>
      </section>
    </div>
  );
}

const share = ({ part, whole }: Revenue["churn"]) => (whole > 0 ? formatPercent(part / whole) : "–");

function Heading({ id, children }: { id: string; children: ReactNode }) {
  return (
    <h2 id={id} className="mb-2.5 font-semibold text-lg">
      {children}
    </h2>
  );
}

type FigureProps = { label: ReactNode; value: ReactNode; children?: ReactNode };

function Figure({ label, value, children }: FigureProps) {
  return (
    <div className="rounded-xl border border-line bg-surface px-5 py-4 shadow-card">
      <dt className="text-muted text-sm">{label}</dt>
      <dd className="mt-1">
        <span className="block truncate font-semibold text-2xl tabular-nums">{value}</span>
        {children && <span className="mt-0.5 block text-pretty text-muted text-sm">{children}</span>}
      </dd>
    </div>
  );
}

function Count({ status, label, count }: { status: SubscriptionStatus; label: ReactNode; count: number }) {
  return (
    <div className="relative rounded-xl border border-line bg-surface px-5 py-4 shadow-card hover:border-line-strong">
      <dt className="text-muted text-sm">
        <Link to="/operator/subscriptions" search={{ status }} className="after:absolute after:inset-0 after:rounded-xl">
          {label}
        </Link>
      </dt>
      <dd className="mt-1 font-semibold text-2xl tabular-nums">{formatNumber(count)}</dd>
    </div>
  );
}
