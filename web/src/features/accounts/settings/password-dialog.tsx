import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { type Me, meKey } from "@/api/person";
import { useWorkspace } from "@/api/workspace";
import { Field, Form, SubmitButton } from "@/components/form";
import { PasswordInput } from "@/components/password-input";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { minPasswordLength, PasswordHint } from "@/features/accounts/password-rule";

export function PasswordDialog({ me, onClose }: { me: Me; onClose: () => void }) {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={me.has_password ? <Trans>Change your password</Trans> : <Trans>Set a password</Trans>}
      description={<Trans>All your other sessions end. This one goes on.</Trans>}
    >
      <Form
        className="mt-4 grid gap-4"
        onSubmit={async ({ password = "" }) => {
          await api.POST("/api/v1/me/password", { body: { password } });
          void client.invalidateQueries({ queryKey: meKey });
          toast(t`Your password is changed`, { tone: "success" });
          onClose();
        }}
      >
        {/* Tells password managers whose password changes. */}
        <input autoComplete="username" value={me.email} readOnly tabIndex={-1} aria-hidden="true" className="sr-only" />
        <Field name="password" label={<Trans>New password</Trans>} hint={<PasswordHint />}>
          {(control) => (
            <PasswordInput {...control} autoComplete="new-password" required autoFocus minLength={minPasswordLength} />
          )}
        </Field>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <SubmitButton>{me.has_password ? <Trans>Change password</Trans> : <Trans>Set password</Trans>}</SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}
