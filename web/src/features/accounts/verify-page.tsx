import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { publicApi, take, userSession } from "@/api/client";
import { rememberSignedIn } from "@/api/signed-in-hint";
import { AuthLayout } from "@/components/auth-layout";
import { Field, Form, SubmitButton } from "@/components/form";
import { PasswordInput } from "@/components/password-input";
import { Input } from "@/components/ui/input";
import { BrokenLink, linkProblem } from "./broken-link";
import { minPasswordLength, PasswordHint } from "./password-rule";

/** The end of signing up: the token from the mail's link is spent only when the form is sent, never by opening the page. */
export function VerifyPage({ token }: { token: string }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  if (!token) return <BrokenLink again="/sign-up" />;
  return (
    <AuthLayout title={t`Finish your account`} description={<Trans>Your address is confirmed when you send this form.</Trans>}>
      <Form
        explain={(problem) => linkProblem(problem, "/sign-up")}
        onSubmit={async ({ name = "", password = "" }) => {
          const grant = await take(publicApi.POST("/api/v1/sign-up/complete", { body: { token, name, password } }));
          userSession.adopt(grant.tenant?.slug ?? "", grant);
          rememberSignedIn();
          await navigate({ to: "/t", replace: true }); // to the first workspace, or to what the address may join
        }}
      >
        <Field name="name" label={<Trans>Your name</Trans>}>
          {(control) => <Input {...control} autoComplete="name" required autoFocus maxLength={100} />}
        </Field>
        <Field name="password" label={<Trans>Password</Trans>} hint={<PasswordHint />}>
          {(control) => <PasswordInput {...control} autoComplete="new-password" required minLength={minPasswordLength} />}
        </Field>
        <SubmitButton className="w-full">
          <Trans>Create account</Trans>
        </SubmitButton>
      </Form>
    </AuthLayout>
  );
}
