import { Trans, useLingui } from "@lingui/react/macro";
import { ExternalLink } from "lucide-react";
import type { OperatorSubscription } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { buttonStyle } from "@/components/ui/button";
import { formatDate, formatMoney, formatNumber } from "@/format";
import { SubscriptionBadge } from "./subscription-badge";
import { row, Table, TenantCell, wide } from "./table";

export function SubscriptionsTable({ subscriptions }: { subscriptions: readonly OperatorSubscription[] }) {
  return (
    <Table
      head={
        <>
          <th scope="col">
            <Trans>Workspace</Trans>
          </th>
          <th scope="col" className={wide}>
            <Trans>Plan</Trans>
          </th>
          <th scope="col">
            <Trans>Status</Trans>
          </th>
          <th scope="col" className={`${wide} text-right`}>
            <Trans>Amount</Trans>
          </th>
          <th scope="col" className={`${wide} text-right`}>
            <Trans>Seats</Trans>
          </th>
          <th scope="col" className={wide}>
            <Trans>Renews</Trans>
          </th>
          <th scope="col">
            <span className="sr-only">
              <Trans>At Stripe</Trans>
            </span>
          </th>
        </>
      }
    >
      {subscriptions.map((subscription) => (
        <Row key={subscription.tenant_id} subscription={subscription} />
      ))}
    </Table>
  );
}

function Row({ subscription }: { subscription: OperatorSubscription }) {
  const { t } = useLingui();
  const { name, plan, status, quantity } = subscription;
  return (
    <tr className={row}>
      <TenantCell id={subscription.tenant_id} name={name}>
        <span className="hidden truncate text-muted text-sm md:block">{subscription.slug}</span>
        <span className="block text-muted text-sm md:hidden">
          <Amount subscription={subscription} />
        </span>
      </TenantCell>
      <td className={wide}>
        <Badge className="capitalize">{plan || "–"}</Badge>
      </td>
      <td>
        <span className="flex flex-wrap gap-1">
          <SubscriptionBadge status={status} />
          {subscription.read_only && (
            <Badge tone="danger">
              <Trans>Read only</Trans>
            </Badge>
          )}
        </span>
      </td>
      <td className={`${wide} whitespace-nowrap text-right tabular-nums`}>
        <Amount subscription={subscription} />
      </td>
      <td className={`${wide} text-right tabular-nums`}>{formatNumber(quantity)}</td>
      <td className={`${wide} whitespace-nowrap text-muted`}>
        <Next subscription={subscription} />
      </td>
      <td className="w-0 text-right">
        {subscription.stripe_url && (
          <a
            href={subscription.stripe_url}
            target="_blank"
            rel="noreferrer"
            aria-label={t`Show ${name} at Stripe`}
            title={t`Show at Stripe`}
            className={buttonStyle({ variant: "ghost", size: "iconSm", className: "relative" })}
          >
            <ExternalLink aria-hidden="true" />
          </a>
        )}
      </td>
    </tr>
  );
}

function Amount({ subscription: { amount, currency, interval } }: { subscription: OperatorSubscription }) {
  if (!currency) return "–";
  const price = formatMoney(amount, currency);
  return interval === "year" ? <Trans>{price} a year</Trans> : <Trans>{price} a month</Trans>;
}

function Next({ subscription: { status, cancel_at, period_end } }: { subscription: OperatorSubscription }) {
  if (status === "canceled") return <Trans>Over</Trans>;
  if (cancel_at) return <Trans>Ends {formatDate(cancel_at)}</Trans>;
  return period_end ? formatDate(period_end) : "–";
}
