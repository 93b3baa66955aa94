import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { take } from "@/api/client";
import type { OperatorTenantDetail } from "@/api/types";
import { Field, Form, SubmitButton } from "@/components/form";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Textarea } from "@/components/ui/input";
import { operatorApi, showTenant } from "./operator";

/** Suspends an active workspace or restores a suspended one, with a reason. */
export function StatusDialog({ tenant, onClose }: { tenant: OperatorTenantDetail; onClose: () => void }) {
  const { t } = useLingui();
  const client = useQueryClient();
  const active = tenant.status === "active";
  const { id, name } = tenant;
  const submit = async ({ reason = "" }) => {
    const call = { params: { path: { id } }, body: { reason } };
    const changed = await take(
      active
        ? operatorApi.POST("/api/v1/operator/tenants/{id}/suspend", call)
        : operatorApi.POST("/api/v1/operator/tenants/{id}/restore", call),
    );
    showTenant(client, changed);
    toast(active ? t`${name} is suspended` : t`${name} is restored`, { tone: "success" });
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={active ? <Trans>Suspend {name}?</Trans> : <Trans>Restore {name}?</Trans>}
      description={
        active ? (
          <Trans>Within a second nobody can open it. Its members are told so; its notes are kept. The owners get a mail.</Trans>
        ) : (
          <Trans>Its members can open it again at once. The owners get a mail.</Trans>
        )
      }
    >
      <Form onSubmit={submit} className="mt-4 grid gap-4">
        <Field name="reason" label={<Trans>Reason</Trans>} hint={<Trans>Goes into the audit log and to the owners.</Trans>}>
          {(control) => <Textarea {...control} required autoFocus minLength={3} maxLength={500} rows={3} />}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <SubmitButton variant={active ? "danger" : "primary"}>
            {active ? <Trans>Suspend</Trans> : <Trans>Restore</Trans>}
          </SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}
