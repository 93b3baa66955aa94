import { Trans } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { Billing } from "@/api/types";
import { tenantKey, useWorkspace } from "@/api/workspace";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Spinner } from "@/components/ui/spinner";
import { formatDate, formatMoney } from "@/format";
import { billingQuery } from "./billing";

const askEveryMs = 1_000;
const patienceMs = 60_000;

/**
 * The way back from a checkout: the payment provider tells our server on its own way, which may take a moment longer than
 * the browser. Asks until the plan has changed; gives up after a minute with words about what to do.
 */
export function CheckoutReturn({ billing }: { billing: Billing }) {
  const { api } = useWorkspace();
  const client = useQueryClient();
  const [late, setLate] = useState(false);
  const arrived = billing.subscribed !== "" && billing.status !== "incomplete";
  useQuery({ ...billingQuery(api), staleTime: 0, refetchInterval: arrived || late ? false : askEveryMs });
  useEffect(() => {
    if (arrived) void client.invalidateQueries({ queryKey: tenantKey });
    if (arrived || late) return;
    const timer = setTimeout(() => setLate(true), patienceMs);
    return () => clearTimeout(timer);
  }, [arrived, late, client]);
  return (
    <div aria-live="polite">
      {arrived ? <Arrived billing={billing} /> : late ? <Late onAsk={() => setLate(false)} /> : <Waiting />}
    </div>
  );
}

function Arrived({ billing }: { billing: Billing }) {
  const { slug } = useWorkspace();
  const navigate = useNavigate();
  const { name } = billing.plan;
  const day = billing.trial_end && formatDate(billing.trial_end);
  const total = formatMoney(billing.amount, billing.currency);
  return (
    <Callout
      tone="success"
      title={day ? <Trans>Your trial of {name} has begun</Trans> : <Trans>You are on the {name} plan</Trans>}
      actions={
        <>
          <Button size="sm" variant="primary" onClick={() => void navigate({ to: "/t/$slug/notes", params: { slug } })}>
            <Trans>Back to the notes</Trans>
          </Button>
          <Button
            size="sm"
            onClick={() => void navigate({ to: "/t/$slug/settings/billing", params: { slug }, search: {}, replace: true })}
          >
            <Trans>Hide</Trans>
          </Button>
        </>
      }
    >
      {day ? (
        <Trans>
          The new limits apply already. The first payment of {total} is on {day}; cancel before, and you pay nothing.
        </Trans>
      ) : (
        <Trans>The payment arrived and the new limits apply already. The receipt comes by mail.</Trans>
      )}
    </Callout>
  );
}

function Waiting() {
  return (
    <Callout tone="accent">
      <p className="flex items-center gap-2.5 font-medium">
        <Spinner />
        <Trans>Waiting for the confirmation of the checkout. This takes a few seconds.</Trans>
      </p>
    </Callout>
  );
}

function Late({ onAsk }: { onAsk: () => void }) {
  return (
    <Callout
      tone="warning"
      title={<Trans>The confirmation takes longer than usual</Trans>}
      actions={
        <Button size="sm" onClick={onAsk}>
          <Trans>Ask again</Trans>
        </Button>
      }
    >
      <Trans>If you paid, the plan changes by itself as soon as the confirmation is here. There is no need to pay again.</Trans>
    </Callout>
  );
}
