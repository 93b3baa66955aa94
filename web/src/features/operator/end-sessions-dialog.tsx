import { Trans, useLingui } from "@lingui/react/macro";
import { take } from "@/api/client";
import { Field, Form, SubmitButton } from "@/components/form";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Textarea } from "@/components/ui/input";
import { operatorApi } from "./operator";

type Props = { member: { user_id: string; name: string }; onClose: () => void };

/** Signs a person out of all their devices, with a reason. */
export function EndSessionsDialog({ member, onClose }: Props) {
  const { t } = useLingui();
  const { user_id: id, name } = member;
  const submit = async ({ reason = "" }) => {
    await take(operatorApi.POST("/api/v1/operator/users/{id}/end-sessions", { params: { path: { id } }, body: { reason } }));
    toast(t`${name} is signed out everywhere`, { tone: "success" });
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={<Trans>Sign {name} out everywhere?</Trans>}
      description={
        <Trans>All their sessions end within a second, in every workspace. They can sign in again, and get a mail.</Trans>
      }
    >
      <Form onSubmit={submit} className="mt-4 grid gap-4">
        <Field name="reason" label={<Trans>Reason</Trans>} hint={<Trans>Goes into the security log and to the person.</Trans>}>
          {(control) => <Textarea {...control} required autoFocus minLength={3} maxLength={500} rows={3} />}
        </Field>
        <label className="flex items-start gap-2.5">
          <input type="checkbox" name="remove_factors" className="mt-1 size-4 accent-accent" />
          <span>
            <Trans>Also remove their authenticator app, recovery codes and passkeys</Trans>
            <span className="block text-sm text-muted">
              <Trans>For somebody who lost them. Make sure first that it is really them.</Trans>
            </span>
          </span>
        </label>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <SubmitButton variant="danger">
            <Trans>Sign out</Trans>
          </SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}
