import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { publicApi, take } from "@/api/client";
import type { SessionGrant } from "@/api/types";
import { AuthLayout } from "@/components/auth-layout";
import { CodeField } from "@/components/code-field";
import { Form, SubmitButton } from "@/components/form";
import { Button } from "@/components/ui/button";
import { textLink } from "@/components/ui/text-link";

type Props = { finish: (call: Promise<SessionGrant>) => Promise<void>; onBack: () => void };

/** The second step of signing in, for who has a second factor. */
export function SecondFactorStep({ finish, onBack }: Props) {
  const { t } = useLingui();
  const [recovery, setRecovery] = useState(false);
  return (
    <AuthLayout
      title={recovery ? t`Enter a recovery code` : t`Enter the code`}
      description={
        recovery ? (
          <Trans>One of the ten codes that you kept when you set up your second factor. Each works once.</Trans>
        ) : (
          <Trans>Six digits from your authenticator app.</Trans>
        )
      }
      footer={
        <button type="button" onClick={onBack} className={textLink}>
          <Trans>Start again</Trans>
        </button>
      }
    >
      <Form
        key={recovery ? "recovery" : "code"}
        explain={(problem) => (problem.code === "challenge_expired" ? <Trans>You took too long. Start again.</Trans> : undefined)}
        onSubmit={({ code = "" }) =>
          finish(take(publicApi.POST("/api/v1/sign-in/second-factor", { body: { code: code.trim() } })))
        }
      >
        <CodeField recovery={recovery} autoFocus />
        <SubmitButton className="w-full">
          <Trans>Sign in</Trans>
        </SubmitButton>
      </Form>
      <div className="mt-4 text-center">
        <Button variant="link" onClick={() => setRecovery(!recovery)}>
          {recovery ? <Trans>Use the authenticator app</Trans> : <Trans>Use a recovery code</Trans>}
        </Button>
      </div>
    </AuthLayout>
  );
}
