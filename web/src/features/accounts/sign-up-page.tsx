import { Trans, useLingui } from "@lingui/react/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { publicApi } from "@/api/client";
import { AuthLayout } from "@/components/auth-layout";
import { Field, Form, SubmitButton } from "@/components/form";
import { Input } from "@/components/ui/input";
import { textLink } from "@/components/ui/text-link";
import { OtherWays } from "./other-ways-later";

export function SignUpPage() {
  const { t } = useLingui();
  const navigate = useNavigate();
  return (
    <AuthLayout
      title={t`Create your account`}
      description={<Trans>Start with your e-mail address. No card needed.</Trans>}
      footer={
        <Trans>
          Already have an account?{" "}
          <Link to="/sign-in" className={textLink}>
            Sign in
          </Link>
        </Trans>
      }
    >
      <Form
        onSubmit={async ({ email = "" }) => {
          await publicApi.POST("/api/v1/sign-up", { body: { email } });
          await navigate({ to: "/check-mail", search: { for: "sign-up" }, state: { email } });
        }}
      >
        <Field name="email" label={<Trans>E-mail</Trans>}>
          {(control) => (
            <Input {...control} type="email" autoComplete="email" inputMode="email" required autoFocus maxLength={254} />
          )}
        </Field>
        <SubmitButton className="w-full">
          <Trans>Continue</Trans>
        </SubmitButton>
        <p className="text-sm text-pretty text-muted">
          <Trans>
            By continuing you agree to the{" "}
            <a href="/terms" className={textLink}>
              terms
            </a>{" "}
            and the{" "}
            <a href="/privacy" className={textLink}>
              privacy notice
            </a>
            .
          </Trans>
        </p>
      </Form>
      <OtherWays next="/t" />
    </AuthLayout>
  );
}
