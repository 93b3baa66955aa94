import { Trans, useLingui } from "@lingui/react/macro";
import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { operatorSession, publicApi, take } from "@/api/client";
import { AuthLayout } from "@/components/auth-layout";
import { Field, Form, SubmitButton } from "@/components/form";
import { PasswordInput } from "@/components/password-input";
import { cn } from "@/components/ui/cn";
import { Input, inputStyle } from "@/components/ui/input";
import { textLink } from "@/components/ui/text-link";
import { safeNext } from "@/safe-next";

/** Signing in as an operator: the password first, then a code that is mailed. */
export function OperatorSignInPage({ next }: { next: string | undefined }) {
  const [step, setStep] = useState<{ challenge: string; email: string }>();
  return step ? <CodeStep {...step} next={next} onBack={() => setStep(undefined)} /> : <PasswordStep onDone={setStep} />;
}

function PasswordStep({ onDone }: { onDone: (step: { challenge: string; email: string }) => void }) {
  const { t } = useLingui();
  return (
    <AuthLayout title={t`Operator console`} description={<Trans>For the people who run this service.</Trans>}>
      <Form
        key="password"
        onSubmit={async ({ email = "", password = "" }) => {
          const { challenge } = await take(publicApi.POST("/api/v1/operator/sign-in", { body: { email, password } }));
          onDone({ challenge, email });
        }}
      >
        <Field name="email" label={<Trans>E-mail</Trans>}>
          {(control) => (
            <Input {...control} type="email" autoComplete="username" inputMode="email" required autoFocus maxLength={254} />
          )}
        </Field>
        <Field name="password" label={<Trans>Password</Trans>}>
          {(control) => <PasswordInput {...control} autoComplete="current-password" required />}
        </Field>
        <SubmitButton className="w-full">
          <Trans>Continue</Trans>
        </SubmitButton>
      </Form>
    </AuthLayout>
  );
}

type CodeProps = { challenge: string; email: string; next: string | undefined; onBack: () => void };

function CodeStep({ challenge, email, next, onBack }: CodeProps) {
  const { t } = useLingui();
  const router = useRouter();
  return (
    <AuthLayout
      title={t`Enter the code`}
      description={
        <Trans>
          If the password was right, six digits are on their way to <span className="break-all">{email}</span>.
        </Trans>
      }
      footer={
        <button type="button" onClick={onBack} className={textLink}>
          <Trans>Start again</Trans>
        </button>
      }
    >
      <Form
        key="code"
        onSubmit={async ({ code = "" }) => {
          const digits = code.replace(/\s/g, "");
          operatorSession.adopt(
            "",
            await take(publicApi.POST("/api/v1/operator/sign-in/code", { body: { challenge, code: digits } })),
          );
          router.history.replace(safeNext(next, "/operator/tenants"));
        }}
      >
        <Field name="code" label={<Trans>Code</Trans>}>
          {(control) => (
            <input
              {...control}
              autoComplete="one-time-code"
              inputMode="numeric"
              required
              // biome-ignore lint/a11y/noAutofocus: the code is all that this page asks for
              autoFocus
              maxLength={12}
              className={cn(inputStyle, "h-12 text-center font-mono text-xl! tracking-[0.4em]")}
            />
          )}
        </Field>
        <SubmitButton className="w-full">
          <Trans>Sign in</Trans>
        </SubmitButton>
      </Form>
    </AuthLayout>
  );
}
