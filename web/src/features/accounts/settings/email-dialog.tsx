import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { meKey } from "@/api/person";
import { useWorkspace } from "@/api/workspace";
import { Field, Form, SubmitButton } from "@/components/form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";

export function EmailDialog({ current, onClose }: { current: string; onClose: () => void }) {
  const { api } = useWorkspace();
  const client = useQueryClient();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={<Trans>Change your e-mail</Trans>}
      description={
        <Trans>
          We send a link to the new address and a notice to <span className="break-all">{current}</span>. Your address changes
          when you open the link and confirm.
        </Trans>
      }
    >
      <Form
        className="mt-4 grid gap-4"
        onSubmit={async ({ email = "" }) => {
          await api.POST("/api/v1/me/email", { body: { email } });
          await client.invalidateQueries({ queryKey: meKey, exact: true });
          onClose();
        }}
      >
        <Field name="email" label={<Trans>New e-mail</Trans>}>
          {(control) => (
            <Input {...control} type="email" autoComplete="email" inputMode="email" required autoFocus maxLength={254} />
          )}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <SubmitButton>
            <Trans>Send the link</Trans>
          </SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}
