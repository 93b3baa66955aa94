import { Trans, useLingui } from "@lingui/react/macro";
import { Link, useRouter } from "@tanstack/react-router";
import { publicApi, take, userSession } from "@/api/client";
import { AuthLayout } from "@/components/auth-layout";
import { Field, Form, SubmitButton } from "@/components/form";
import { PasswordInput } from "@/components/password-input";
import { Callout } from "@/components/ui/callout";
import { Input } from "@/components/ui/input";
import { textLink } from "@/components/ui/text-link";
import { safeNext } from "@/safe-next";
import { rememberSignedIn } from "./signed-in-hint";

type Props = { next: string | undefined; notice: "password-changed" | undefined };

export function SignInPage({ next, notice }: Props) {
  const { t } = useLingui();
  const router = useRouter();
  return (
    <AuthLayout
      title={t`Sign in`}
      footer={
        <Trans>
          New here?{" "}
          <Link to="/sign-up" className={textLink}>
            Create an account
          </Link>
        </Trans>
      }
    >
      {notice && (
        <Callout role="status" tone="success" className="mb-4">
          <Trans>Your password is changed. Sign in with the new one.</Trans>
        </Callout>
      )}
      <Form
        explain={(problem) =>
          problem.code === "sign_in_failed" ? <Trans>The e-mail or the password is wrong.</Trans> : undefined
        }
        onSubmit={async ({ email = "", password = "" }) => {
          const grant = await take(publicApi.POST("/api/v1/sign-in", { body: { email, password } }));
          userSession.adopt(grant.tenant?.slug ?? "", grant);
          rememberSignedIn();
          router.history.replace(safeNext(next, "/t"));
        }}
      >
        <Field name="email" label={<Trans>E-mail</Trans>}>
          {(control) => (
            <Input {...control} type="email" autoComplete="username" inputMode="email" required autoFocus maxLength={254} />
          )}
        </Field>
        <Field
          name="password"
          label={<Trans>Password</Trans>}
          aside={
            <Link to="/forgot" className={`${textLink} text-sm`}>
              <Trans>Forgot it?</Trans>
            </Link>
          }
        >
          {(control) => <PasswordInput {...control} autoComplete="current-password" required />}
        </Field>
        <SubmitButton className="w-full">
          <Trans>Sign in</Trans>
        </SubmitButton>
      </Form>
    </AuthLayout>
  );
}
