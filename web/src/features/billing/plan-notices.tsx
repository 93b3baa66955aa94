import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import type { Billing, Plan } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { formatDate, formatMoney } from "@/format";
import { usePortal } from "./use-redirects";
import { useResume } from "./use-resume";

/** What is out of the ordinary about the subscription, and what can be done about it. */
export function PlanNotices({ billing, plan }: { billing: Billing; plan: Plan }) {
  if (billing.read_only || billing.status === "past_due" || billing.status === "unpaid") return <Overdue billing={billing} />;
  if (billing.cancel_at) return <Canceled billing={billing} name={plan.name} at={billing.cancel_at} />;
  if (billing.status === "paused") return <Paused billing={billing} />;
  if (billing.trial_end) return <OnTrial billing={billing} until={billing.trial_end} />;
  return null;
}

function Notice({
  tone,
  actions,
  children,
}: {
  tone: "warning" | "danger" | "accent";
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Callout role="status" tone={tone} actions={actions} className="mx-5 mb-5 items-center">
      {children}
    </Callout>
  );
}

function Overdue({ billing }: { billing: Billing }) {
  const portal = usePortal();
  const day = billing.grace_end && formatDate(billing.grace_end);
  return (
    <Notice
      tone="danger"
      actions={
        billing.can_manage && (
          <Button size="sm" pending={portal.isPending} onClick={() => portal.mutate("payment_method")}>
            <Trans>Update card</Trans>
          </Button>
        )
      }
    >
      {billing.read_only ? (
        <Trans>
          The last payment failed, so the workspace is read only. Nothing was deleted: it works again when the payment is made.
        </Trans>
      ) : day ? (
        <Trans>The last payment failed. Update the card by {day}, then the workspace becomes read only.</Trans>
      ) : (
        <Trans>The last payment failed. Update the card to keep the plan.</Trans>
      )}
    </Notice>
  );
}

function Canceled({ billing, name, at }: { billing: Billing; name: string; at: string }) {
  const day = formatDate(at);
  return (
    <Notice
      tone="warning"
      actions={
        billing.can_manage && (
          <Resume>
            <Trans>Keep {name}</Trans>
          </Resume>
        )
      }
    >
      <Trans>This plan ends on {day} and is not paid again. Your notes and members stay.</Trans>
    </Notice>
  );
}

function Paused({ billing }: { billing: Billing }) {
  const day = billing.paused_until && formatDate(billing.paused_until);
  return (
    <Notice
      tone="warning"
      actions={
        billing.can_manage && (
          <Resume>
            <Trans>Resume now</Trans>
          </Resume>
        )
      }
    >
      {day ? (
        <Trans>
          Paused until {day}: nothing is charged, and the limits are those of the free plan. Then it goes on by itself.
        </Trans>
      ) : (
        <Trans>Paused: nothing is charged, and the limits are those of the free plan.</Trans>
      )}
    </Notice>
  );
}

function OnTrial({ billing, until }: { billing: Billing; until: string }) {
  const day = formatDate(until);
  const total = formatMoney(billing.amount, billing.currency);
  return (
    <Notice tone="accent">
      <Trans>
        Your trial runs until {day}, then {total} is charged. Cancel before, and you pay nothing.
      </Trans>
    </Notice>
  );
}

function Resume({ children }: { children: ReactNode }) {
  const resume = useResume();
  return (
    <Button size="sm" pending={resume.isPending} onClick={() => resume.mutate()}>
      {children}
    </Button>
  );
}
