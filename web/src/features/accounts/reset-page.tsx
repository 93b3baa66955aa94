import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { publicApi } from "@/api/client";
import { AuthLayout } from "@/components/auth-layout";
import { Field, Form, SubmitButton } from "@/components/form";
import { PasswordInput } from "@/components/password-input";
import { BrokenLink, linkProblem } from "./broken-link";
import { minPasswordLength, PasswordHint } from "./password-rule";

export function ResetPage({ token }: { token: string }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  if (!token) return <BrokenLink again="/forgot" />;
  return (
    <AuthLayout
      title={t`Choose a new password`}
      description={<Trans>You will be signed out everywhere and sign in with the new password.</Trans>}
    >
      <Form
        explain={(problem) => linkProblem(problem, "/forgot")}
        onSubmit={async ({ password = "" }) => {
          await publicApi.POST("/api/v1/password/reset", { body: { token, password } });
          await navigate({ to: "/sign-in", search: { notice: "password-changed" }, replace: true });
        }}
      >
        <Field name="password" label={<Trans>New password</Trans>} hint={<PasswordHint />}>
          {(control) => (
            <PasswordInput {...control} autoComplete="new-password" required autoFocus minLength={minPasswordLength} />
          )}
        </Field>
        <SubmitButton className="w-full">
          <Trans>Change password</Trans>
        </SubmitButton>
      </Form>
    </AuthLayout>
  );
}
