import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useRef } from "react";
import { take } from "@/api/client";
import { asProblem, hasCode } from "@/api/problem";
import type { ChangePreview, Interval, Plan } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { Loaded } from "@/components/row-list";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Dialog } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { previewQuery, subscriptionChanged } from "@/features/billing/billing";
import { usePortal } from "@/features/billing/use-redirects";
import { formatDate, formatMoney } from "@/format";

type Props = { plan: Plan; interval: Interval; onClose: () => void };

/** Shows what a change of the plan costs, and makes it when the person agrees to exactly that. */
export function ChangeDialog({ plan, interval, onClose }: Props) {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  const preview = useQuery(previewQuery(api, plan.key, interval));
  const sent = useRef(false);
  const { name } = plan;
  const change = useMutation({
    mutationFn: (date: number) =>
      take(api.POST("/api/v1/billing/change", { body: { plan: plan.key, interval, proration_date: date } })),
    onSuccess: (billing) => {
      subscriptionChanged(client, billing);
      toast(t`You are on the ${name} plan`, { tone: "success" });
      onClose();
    },
    onError: (error) => hasCode(error, "preview_expired") && preview.refetch(),
    onSettled: () => {
      sent.current = false;
    },
  });
  const agree = () => {
    // Two clicks can come before the button shows that it is pending.
    if (sent.current || !preview.data || preview.isFetching) return;
    sent.current = true;
    change.mutate(preview.data.proration_date);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={<Trans>Change to {name}?</Trans>}
      description={
        interval === "year" ? (
          <Trans>From now on you pay by the year. What you paid for and did not use is credited.</Trans>
        ) : (
          <Trans>From now on you pay by the month. What you paid for and did not use is credited.</Trans>
        )
      }
    >
      <div className="mt-4 grid gap-4">
        <Loaded query={preview} skeletons={1} skeleton={<PreviewSkeleton />}>
          {preview.data && <Amounts preview={preview.data} interval={interval} />}
        </Loaded>
        {change.error && <Failure error={change.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Not now</Trans>
          </Button>
          <Button variant="primary" disabled={!preview.data} pending={change.isPending || preview.isRefetching} onClick={agree}>
            {preview.data && preview.data.due_now > 0 ? <Pay preview={preview.data} /> : <Trans>Change plan</Trans>}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Pay({ preview }: { preview: ChangePreview }) {
  const due = formatMoney(preview.due_now, preview.currency);
  return <Trans>Change and pay {due}</Trans>;
}

function Amounts({ preview, interval }: { preview: ChangePreview; interval: Interval }) {
  const { currency, lines, tax, due_now: due, credit, renewal } = preview;
  const money = (minor: number) => formatMoney(minor, currency);
  const each = money(renewal);
  const day = formatDate(preview.renews_at);
  return (
    <div>
      <dl className="divide-y divide-line rounded-lg border border-line">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one answer never move
          <Line key={index} name={line.description}>
            {money(line.amount)}
          </Line>
        ))}
        {tax !== 0 && <Line name={<Trans>Tax</Trans>}>{money(tax)}</Line>}
        {credit > 0 && <Line name={<Trans>Credit for later invoices</Trans>}>{money(credit)}</Line>}
        <Line name={<Trans>Due now</Trans>} total>
          {money(due)}
        </Line>
      </dl>
      <p className="mt-2 text-sm text-muted">
        {interval === "year" ? (
          <Trans>
            Then {each} a year from {day}.
          </Trans>
        ) : (
          <Trans>
            Then {each} a month from {day}.
          </Trans>
        )}
      </p>
    </div>
  );
}

function Line({ name, total = false, children }: { name: ReactNode; total?: boolean; children: ReactNode }) {
  return (
    <div
      className={
        total ? "flex justify-between gap-4 bg-subtle px-3 py-2.5 font-semibold" : "flex justify-between gap-4 px-3 py-2"
      }
    >
      <dt className="min-w-0">{name}</dt>
      <dd className="shrink-0 tabular-nums">{children}</dd>
    </div>
  );
}

function Failure({ error }: { error: unknown }) {
  const { i18n } = useLingui();
  const portal = usePortal();
  const declined = hasCode(error, "payment_failed");
  if (hasCode(error, "preview_expired"))
    return (
      <Callout role="alert" tone="warning">
        <Trans>
          The amounts were too old, so they were reckoned again. Nothing was changed yet: look at them and agree once more.
        </Trans>
      </Callout>
    );
  return (
    <Callout
      role="alert"
      tone="danger"
      actions={
        declined && (
          <Button size="sm" pending={portal.isPending} onClick={() => portal.mutate("payment_method")}>
            <Trans>Change card</Trans>
          </Button>
        )
      }
    >
      {problemText(i18n, asProblem(error))}
    </Callout>
  );
}

function PreviewSkeleton() {
  return (
    <div className="grid gap-3 rounded-lg border border-line p-3">
      <Skeleton className="h-4" />
      <Skeleton className="h-4" />
      <Skeleton className="h-5" />
    </div>
  );
}
