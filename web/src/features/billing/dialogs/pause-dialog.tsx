import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { take } from "@/api/client";
import type { Plan } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { Field, Form, SubmitButton } from "@/components/form";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Select } from "@/components/ui/input";
import { subscriptionChanged } from "@/features/billing/billing";
import { useFreePlan } from "@/features/billing/use-plans";
import { formatDate } from "@/format";
import { PlanLimits } from "@/plans/plan-limits";
import { monthsFrom } from "./months";

type Props = { plan: Plan; onClose: () => void };

const choices = [1, 2, 3] as const;

/** Stops the payments for some months; until then the workspace has what the free plan has. */
export function PauseDialog({ plan, onClose }: Props) {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  const free = useFreePlan();
  const [months, setMonths] = useState(1);
  const { name } = plan;
  const freeName = free?.name ?? "";
  const day = formatDate(monthsFrom(new Date(), months).toISOString());
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={<Trans>Pause {name}?</Trans>}
      description={
        <Trans>
          Nothing is charged until {day}, then {name} goes on by itself. You can resume it at any time.
        </Trans>
      }
    >
      <Form
        onSubmit={async () => {
          subscriptionChanged(client, await take(api.POST("/api/v1/billing/pause", { body: { months } })));
          toast(t`${name} is paused`, { tone: "success" });
          onClose();
        }}
        className="mt-4 grid gap-4"
      >
        <Field name="months" label={<Trans>For how long</Trans>}>
          {(control) => (
            <Select
              {...control}
              value={months}
              onChange={(event) => setMonths(Number(event.currentTarget.value))}
              className="w-full"
            >
              {choices.map((count) => (
                <option key={count} value={count}>
                  <Plural value={count} one="# month" other="# months" />
                </option>
              ))}
            </Select>
          )}
        </Field>
        {free && (
          <div className="rounded-lg border border-line bg-subtle px-4 py-3">
            <p className="mb-2">
              <Trans>Until then the workspace has the limits of {freeName}. Everything in it stays.</Trans>
            </p>
            <PlanLimits plan={free} currency="" />
          </div>
        )}
        <div className="mt-1 flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Not now</Trans>
          </Button>
          <SubmitButton>
            <Trans>Pause {name}</Trans>
          </SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}
