import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { asProblem } from "@/api/problem";
import { usePageTitle } from "./auth-layout";
import { Logo } from "./logo";
import { problemText } from "./problem-text";
import { RequestId } from "./states";
import { Button, buttonStyle } from "./ui/button";
import { Spinner } from "./ui/spinner";

type Props = { code?: string; title: string; children: ReactNode; actions?: ReactNode; requestId?: string };

/** A page that stands alone and says one thing. */
export function FullPage({ code, title, children, actions, requestId }: Props) {
  usePageTitle(title);
  return (
    <div className="flex min-h-dvh flex-col bg-subtle">
      <header className="px-5 py-5 sm:px-8">
        <a href="/" className="inline-flex rounded-md">
          <Logo />
        </a>
      </header>
      <main className="mx-auto flex w-full max-w-lg flex-1 flex-col items-start justify-center px-6 pb-32">
        {code && <p className="mb-2 font-mono text-sm font-medium text-accent-text">{code}</p>}
        <h1 className="text-2xl font-semibold">{title}</h1>
        <div className="mt-2 text-lg text-pretty text-muted">{children}</div>
        {actions && <div className="mt-6 flex flex-wrap gap-2">{actions}</div>}
        <RequestId id={requestId} />
      </main>
    </div>
  );
}

export function NotFoundPage() {
  const { t } = useLingui();
  return (
    <FullPage
      code="404"
      title={t`This page does not exist`}
      actions={
        <>
          <a href="/t" className={buttonStyle({ variant: "primary" })}>
            <Trans>Go to your workspaces</Trans>
          </a>
          <a href="/" className={buttonStyle()}>
            <Trans>Home page</Trans>
          </a>
        </>
      }
    >
      <Trans>The address may be mistyped, or what was here has moved or was removed.</Trans>
    </FullPage>
  );
}

export function ErrorPage({ error, reset }: { error: unknown; reset?: () => void }) {
  const { t, i18n } = useLingui();
  const problem = asProblem(error);
  return (
    <FullPage
      code={problem.status > 0 ? String(problem.status) : undefined}
      title={problem.status === 0 ? t`No connection` : t`Something went wrong`}
      requestId={problem.requestId}
      actions={
        <>
          <Button variant="primary" onClick={reset ?? (() => location.reload())}>
            <Trans>Try again</Trans>
          </Button>
          <a href="/" className={buttonStyle()}>
            <Trans>Home page</Trans>
          </a>
        </>
      }
    >
      {problemText(i18n, problem)}
    </FullPage>
  );
}

/** While the next page takes its time. */
export function PendingPage() {
  const { t } = useLingui();
  return (
    <div role="status" aria-label={t`Loading`} className="flex min-h-60 flex-1 items-center justify-center text-muted">
      <Spinner />
    </div>
  );
}
