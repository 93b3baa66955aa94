import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { publicApi } from "@/api/client";
import { AuthLayout } from "@/components/auth-layout";
import { Field, Form, SubmitButton } from "@/components/form";
import { PasswordInput } from "@/components/password-input";
import { buttonStyle } from "@/components/ui/button";

const minPasswordLength = 15;

/** Where the one-time link for a new operator leads. */
export function SetPasswordPage({ token }: { token: string }) {
  const { t } = useLingui();
  const [done, setDone] = useState(false);
  if (!token || done) {
    return (
      <AuthLayout
        title={done ? t`Your password is set` : t`This link is not complete`}
        description={
          done ? (
            <Trans>Sign in with it now. A code is mailed to you each time.</Trans>
          ) : (
            <Trans>Part of the address is missing. Open the link again as it was printed.</Trans>
          )
        }
      >
        <Link to="/operator/sign-in" className={buttonStyle({ variant: "primary", className: "w-full" })}>
          <Trans>Sign in</Trans>
        </Link>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={t`Choose your operator password`} description={<Trans>The link works once. Earlier sessions end.</Trans>}>
      <Form
        onSubmit={async ({ password = "" }) => {
          await publicApi.POST("/api/v1/operator/password", { body: { token, password } });
          setDone(true);
        }}
      >
        <Field name="password" label={<Trans>Password</Trans>} hint={<Trans>At least {minPasswordLength} characters.</Trans>}>
          {(control) => (
            <PasswordInput {...control} autoComplete="new-password" required autoFocus minLength={minPasswordLength} />
          )}
        </Field>
        <SubmitButton className="w-full">
          <Trans>Set password</Trans>
        </SubmitButton>
      </Form>
    </AuthLayout>
  );
}
