import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { take } from "@/api/client";
import { Problem } from "@/api/problem";
import type { Billing, Plan } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { Field, Form, SubmitButton } from "@/components/form";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Select, Textarea } from "@/components/ui/input";
import { subscriptionChanged } from "@/features/billing/billing";
import { useFreePlan } from "@/features/billing/use-plans";
import { formatDate, formatNumber } from "@/format";
import { overFree } from "./over-free";

type Reason =
  | "too_expensive"
  | "missing_features"
  | "switched_service"
  | "unused"
  | "too_complex"
  | "customer_service"
  | "low_quality"
  | "other";

type Props = { billing: Billing; plan: Plan; onClose: () => void };

/** Ends the subscription with the period that is paid, and asks why. */
export function CancelDialog({ billing, plan, onClose }: Props) {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  const { name } = plan;
  const end = billing.trial_end ?? billing.period_end;
  const day = end && formatDate(end);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={<Trans>Cancel {name}?</Trans>}
      description={
        day ? (
          <Trans>
            You keep {name} until {day}, and can take this back until then. Nothing more is charged.
          </Trans>
        ) : (
          <Trans>You keep {name} to the end of the paid time. Nothing more is charged.</Trans>
        )
      }
    >
      <Form
        onSubmit={async ({ reason = "", comment = "" }) => {
          if (!reason) throw new Problem(422, { errors: [{ location: "body.reason", message: t`Choose a reason.` }] });
          const body = { reason: reason as Reason, comment: comment.trim() };
          subscriptionChanged(client, await take(api.POST("/api/v1/billing/cancel", { body })));
          toast(t`${name} is canceled`, { tone: "success" });
          onClose();
        }}
        className="mt-4 grid gap-4"
      >
        <Afterwards billing={billing} />
        <Field name="reason" label={<Trans>Why do you cancel?</Trans>}>
          {(control) => (
            <Select {...control} onChange={control.onInput} defaultValue="" className="w-full">
              <option value="">{t`Choose a reason`}</option>
              <option value="too_expensive">{t`It costs too much`}</option>
              <option value="missing_features">{t`Something is missing`}</option>
              <option value="switched_service">{t`We use something else now`}</option>
              <option value="unused">{t`We do not use it enough`}</option>
              <option value="too_complex">{t`It is too complicated`}</option>
              <option value="customer_service">{t`The support was not good enough`}</option>
              <option value="low_quality">{t`It does not work well enough`}</option>
              <option value="other">{t`Something else`}</option>
            </Select>
          )}
        </Field>
        <Field name="comment" label={<Trans>What should we know?</Trans>} hint={<Trans>You need not say anything.</Trans>}>
          {(control) => <Textarea {...control} rows={3} maxLength={500} />}
        </Field>
        <div className="mt-1 flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Keep {name}</Trans>
          </Button>
          <SubmitButton variant="danger">
            <Trans>Cancel {name}</Trans>
          </SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}

/** What the workspace has more of than the free plan allows. */
function Afterwards({ billing }: { billing: Billing }) {
  const free = useFreePlan();
  if (!free) return null;
  const { name } = free;
  const over = overFree(free, billing.usage);
  return (
    <div className="rounded-lg border border-line bg-subtle px-4 py-3">
      <p>
        <Trans>Then the workspace is on {name}. Everything in it stays.</Trans>
      </p>
      {over.length > 0 && (
        <>
          <p className="mt-2">
            <Trans>New ones cannot be made of what is over its limits:</Trans>
          </p>
          <ul className="mt-1 list-disc pl-5">
            {over.map(({ key, label, used, limit }) => {
              const have = formatNumber(used);
              const most = formatNumber(limit);
              return (
                <li key={key}>
                  <Trans>
                    {label}: {have} of {most}
                  </Trans>
                </li>
              );
            })}
          </ul>
        </>
      )}
    </div>
  );
}
