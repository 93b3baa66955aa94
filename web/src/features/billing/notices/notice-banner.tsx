import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Billing } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { buttonStyle } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { cardQuery } from "@/features/billing/billing";
import { useSubscribedPlan } from "@/features/billing/use-plans";
import { formatDate, formatMoney } from "@/format";
import type { Notice } from "./notice";

type Props = { notice: Notice; billing: Billing | undefined };

/** Stands over every page of the workspace while something about the subscription needs somebody. */
export function NoticeBanner({ notice, billing }: Props) {
  if (notice === "read_only") return <ReadOnly />;
  if (!billing) return null;
  if (notice === "past_due") return <PastDue billing={billing} />;
  if (notice === "paused") return <Paused billing={billing} />;
  return <TrialEnds billing={billing} />;
}

type BannerProps = {
  tone: "warning" | "danger";
  children: ReactNode /** What the way to the billing page is called. */;
  action: ReactNode;
};

function Banner({ tone, children, action }: BannerProps) {
  const { slug, can } = useWorkspace();
  return (
    <div
      role="status"
      className={cn(
        "flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-b px-4 py-2.5 sm:px-8",
        tone === "danger"
          ? "border-danger-soft bg-danger-soft text-danger-text"
          : "border-warning-line bg-warning-soft text-warning-text",
      )}
    >
      <p className="min-w-0 flex-1 basis-60">
        {children} {!can("billing:write") && <Trans>An owner of this workspace can change that.</Trans>}
      </p>
      {can("billing:write") && (
        <Link to="/t/$slug/settings/billing" params={{ slug }} className={buttonStyle({ size: "sm" })}>
          {action}
        </Link>
      )}
    </div>
  );
}

function ReadOnly() {
  return (
    <Banner tone="danger" action={<Trans>Go to billing</Trans>}>
      <Trans>This workspace is read only, because a payment failed. Nothing was deleted.</Trans>
    </Banner>
  );
}

function PastDue({ billing }: { billing: Billing }) {
  const total = formatMoney(billing.amount, billing.currency);
  const day = billing.grace_end && formatDate(billing.grace_end);
  return (
    <Banner tone="danger" action={<Trans>Update card</Trans>}>
      {day ? (
        <Trans>
          The payment of {total} failed. Without another card by {day} the workspace becomes read only.
        </Trans>
      ) : (
        <Trans>The payment of {total} failed.</Trans>
      )}
    </Banner>
  );
}

function Paused({ billing }: { billing: Billing }) {
  const { name } = useSubscribedPlan(billing);
  const day = billing.paused_until && formatDate(billing.paused_until);
  return (
    <Banner tone="warning" action={<Trans>Go to billing</Trans>}>
      {day ? (
        <Trans>
          {name} is paused until {day}. Until then the limits of the free plan apply.
        </Trans>
      ) : (
        <Trans>{name} is paused. The limits of the free plan apply.</Trans>
      )}
    </Banner>
  );
}

// With a card the trial goes over into the plan by itself.
function TrialEnds({ billing }: { billing: Billing }) {
  const { api } = useWorkspace();
  const { data: card } = useQuery(cardQuery(api));
  const { name } = billing.plan;
  const day = billing.trial_end && formatDate(billing.trial_end);
  if (card !== null) return null;
  return (
    <Banner tone="warning" action={<Trans>Add a card</Trans>}>
      <Trans>
        Your trial of {name} ends on {day}, and there is no card to go on with.
      </Trans>
    </Banner>
  );
}
