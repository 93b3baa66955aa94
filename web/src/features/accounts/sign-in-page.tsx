import { Trans, useLingui } from "@lingui/react/macro";
import { Link, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { publicApi, take } from "@/api/client";
import { hasCode } from "@/api/problem";
import type { SessionGrant } from "@/api/types";
import { AuthLayout } from "@/components/auth-layout";
import { Field, Form, SubmitButton } from "@/components/form";
import { PasswordInput } from "@/components/password-input";
import { Callout } from "@/components/ui/callout";
import { Input } from "@/components/ui/input";
import { textLink } from "@/components/ui/text-link";
import { safeNext } from "@/safe-next";
import { enter } from "./enter";
import { OtherWays } from "./other-ways-later";

const SecondFactorStep = lazy(() => import("./second-factor-step").then((module) => ({ default: module.SecondFactorStep })));

type Props = { next: string | undefined; notice: "password-changed" | undefined };

/** Signing in: by password, passkey or provider, and then by a code where the person has a second factor. */
export function SignInPage({ next, notice }: Props) {
  const [asked, setAsked] = useState(false);
  const router = useRouter();
  const finish = async (call: Promise<SessionGrant>) => {
    try {
      enter(await call);
    } catch (error) {
      if (!hasCode(error, "second_factor_required")) throw error;
      setAsked(true);
      return;
    }
    router.history.replace(safeNext(next, "/t"));
  };
  if (!asked) return <FirstStep next={next} notice={notice} finish={finish} />;
  return (
    <Suspense>
      <SecondFactorStep finish={finish} onBack={() => setAsked(false)} />
    </Suspense>
  );
}

function FirstStep({ next, notice, finish }: Props & { finish: (call: Promise<SessionGrant>) => Promise<void> }) {
  const { t } = useLingui();
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
        onSubmit={({ email = "", password = "" }) =>
          finish(take(publicApi.POST("/api/v1/sign-in", { body: { email, password } })))
        }
      >
        <Field name="email" label={<Trans>E-mail</Trans>}>
          {(control) => (
            <Input
              {...control}
              type="email"
              autoComplete="username webauthn"
              inputMode="email"
              required
              autoFocus
              maxLength={254}
            />
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
          {(control) => <PasswordInput {...control} autoComplete="current-password webauthn" required />}
        </Field>
        <SubmitButton className="w-full">
          <Trans>Sign in</Trans>
        </SubmitButton>
      </Form>
      <OtherWays next={next} finish={finish} />
    </AuthLayout>
  );
}
