import { Trans, useLingui } from "@lingui/react/macro";
import { Link, useRouter } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { publicApi, take } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import { keepInTab, keptInTab } from "@/api/tab-storage";
import type { SessionGrant } from "@/api/types";
import { AuthLayout } from "@/components/auth-layout";
import { problemText } from "@/components/problem-text";
import { RequestId } from "@/components/states";
import { buttonStyle } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { safeNext } from "@/safe-next";
import { enter } from "./enter";
import { SecondFactorStep } from "./second-factor-step";

export type CallbackAnswer = { code: string; state: string; iss: string; error: string };

// Each answer of a provider is good once, and a page may be drawn twice.
const sent = new Map<string, ReturnType<typeof send>>();

function send(body: CallbackAnswer) {
  return take(publicApi.POST("/api/v1/sign-in/callback", { body }));
}

function sendOnce(answer: CallbackAnswer) {
  const sending = sent.get(answer.state) ?? send(answer);
  sent.set(answer.state, sending);
  return sending;
}

const keptSearch = () => ({ next: keptInTab("next") || undefined });

/** Where a provider sends people back to: hands its answer to the server and goes on to where they wanted to be. */
export function CallbackPage({ answer }: { answer: CallbackAnswer }) {
  const { t } = useLingui();
  const router = useRouter();
  const [problem, setProblem] = useState<Problem>();

  useEffect(() => {
    let shown = true;
    sendOnce(answer).then(
      ({ session, next }) => {
        if (!shown) return;
        if (session) enter(session);
        keepInTab("next", "");
        router.history.replace(safeNext(next, "/t"));
      },
      (error) => shown && setProblem(asProblem(error)),
    );
    return () => {
      shown = false;
    };
  }, [answer, router]);

  if (!problem)
    return (
      <AuthLayout title={t`Signing you in`}>
        <div role="status" aria-label={t`Loading`} className="flex justify-center py-2 text-muted">
          <Spinner />
        </div>
      </AuthLayout>
    );
  if (problem.code === "second_factor_required") {
    const finish = async (call: Promise<SessionGrant>) => {
      enter(await call);
      const next = safeNext(keptInTab("next"), "/t");
      keepInTab("next", "");
      router.history.replace(next);
    };
    const again = () => void router.navigate({ to: "/sign-in", search: keptSearch(), replace: true });
    return <SecondFactorStep finish={finish} onBack={again} />;
  }
  return <Refused problem={problem} />;
}

function Refused({ problem }: { problem: Problem }) {
  const { t, i18n } = useLingui();
  const canceled = problem.code === "access_denied" || problem.code === "provider_denied";
  return (
    <AuthLayout title={problem.code === "account_exists" ? t`You already have an account` : t`That did not work`}>
      <div role="alert" className="text-pretty">
        {explain(problem.code) ?? problemText(i18n, problem)}
      </div>
      <Link to="/sign-in" search={keptSearch()} className={buttonStyle({ variant: "primary", className: "mt-6 w-full" })}>
        {canceled ? <Trans>Back to sign in</Trans> : <Trans>Go to sign in</Trans>}
      </Link>
      <RequestId id={problem.requestId} />
    </AuthLayout>
  );
}

function explain(code: string): ReactNode | undefined {
  if (code === "account_exists")
    return (
      <Trans>Somebody signed up with this address before. Sign in as you did then, and link the provider in your profile.</Trans>
    );
  return undefined;
}
