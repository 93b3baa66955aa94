import { Trans, useLingui } from "@lingui/react/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { publicApi } from "@/api/client";
import { AuthLayout } from "@/components/auth-layout";
import { Field, Form, SubmitButton } from "@/components/form";
import { Input } from "@/components/ui/input";
import { textLink } from "@/components/ui/text-link";

export function ForgotPage() {
  const { t } = useLingui();
  const navigate = useNavigate();
  return (
    <AuthLayout
      title={t`Reset your password`}
      description={<Trans>We send you a link with which you choose a new one.</Trans>}
      footer={
        <Link to="/sign-in" className={textLink}>
          <Trans>Back to sign in</Trans>
        </Link>
      }
    >
      <Form
        onSubmit={async ({ email = "" }) => {
          await publicApi.POST("/api/v1/password/forgot", { body: { email } });
          await navigate({ to: "/check-mail", search: { for: "reset" }, state: { email } });
        }}
      >
        <Field name="email" label={<Trans>E-mail</Trans>}>
          {(control) => (
            <Input {...control} type="email" autoComplete="username" inputMode="email" required autoFocus maxLength={254} />
          )}
        </Field>
        <SubmitButton className="w-full">
          <Trans>Send the link</Trans>
        </SubmitButton>
      </Form>
    </AuthLayout>
  );
}
