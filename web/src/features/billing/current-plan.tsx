import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import type { Billing, Usage } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { CardSection } from "@/components/ui/card";
import { Meter } from "@/components/ui/meter";
import { formatDate, formatMoney, formatNumber } from "@/format";
import { usePortal } from "./use-redirects";

type Tone = "success" | "warning" | "danger" | "neutral";

// The words of the payment provider for the state of a subscription.
const states: Record<string, { tone: Tone; text: MessageDescriptor }> = {
  active: { tone: "success", text: msg`Active` },
  trialing: { tone: "success", text: msg`Trial` },
  past_due: { tone: "danger", text: msg`Payment overdue` },
  unpaid: { tone: "danger", text: msg`Unpaid` },
  paused: { tone: "warning", text: msg`Paused` },
  incomplete: { tone: "warning", text: msg`Payment not finished` },
  canceled: { tone: "neutral", text: msg`Canceled` },
};

/** The plan of this workspace: what it costs, how long it runs, and how much of it is used. */
export function CurrentPlan({ billing }: { billing: Billing }) {
  const { i18n } = useLingui();
  const portal = usePortal();
  const { plan, status, cancel_at: cancelAt } = billing;
  const state = states[status];
  const name = plan.name;
  return (
    <CardSection
      title={
        <span className="flex items-center gap-2">
          <Trans>{name} plan</Trans>
          {plan.price && state && <Badge tone={state.tone}>{i18n._(state.text)}</Badge>}
        </span>
      }
      description={<Terms billing={billing} />}
      actions={
        plan.price &&
        billing.can_manage && (
          <Button pending={portal.isPending} onClick={() => portal.mutate()}>
            <Trans>Manage billing</Trans>
          </Button>
        )
      }
    >
      {cancelAt && <CancelNotice at={cancelAt} />}
      {status === "past_due" && (
        <Callout role="status" tone="danger" className="mx-5 mb-4">
          <Trans>The last payment failed. Update the card under “Manage billing” to keep the plan.</Trans>
        </Callout>
      )}
      <ul className="grid gap-x-8 gap-y-5 border-line border-t px-5 py-5 sm:grid-cols-2">
        {billing.usage.map((usage) => (
          <UsageBar key={usage.key} usage={usage} />
        ))}
        <li className="flex items-baseline justify-between gap-4">
          <span className="font-medium">
            <Trans>Members</Trans>
          </span>
          <span className="text-muted tabular-nums">{formatNumber(billing.seats)}</span>
        </li>
      </ul>
    </CardSection>
  );
}

function CancelNotice({ at }: { at: string }) {
  const day = formatDate(at);
  return (
    <Callout role="status" tone="warning" className="mx-5 mb-4">
      <Trans>This plan ends on {day}. Your notes stay; you can take the plan up again under “Manage billing”.</Trans>
    </Callout>
  );
}

function Terms({ billing }: { billing: Billing }) {
  const { plan, seats, period_end: end } = billing;
  const { price } = plan;
  if (!price) return <Trans>No charge, and no end date.</Trans>;
  const total = formatMoney(price.per_seat ? price.monthly * Math.max(1, seats) : price.monthly, price.currency);
  const each = formatMoney(price.monthly, price.currency);
  const count = formatNumber(Math.max(1, seats));
  const until = end && !billing.cancel_at ? formatDate(end) : undefined;
  return (
    <>
      {price.per_seat ? (
        <Trans>
          {total} per month: {count} × {each}.
        </Trans>
      ) : (
        <Trans>{total} per month.</Trans>
      )}{" "}
      {until && <Trans>Next payment on {until}.</Trans>}
    </>
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
