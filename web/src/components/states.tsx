import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { asProblem } from "@/api/problem";
import { problemText } from "./problem-text";
import { Button } from "./ui/button";
import { cn } from "./ui/cn";

type EmptyProps = { icon?: ReactNode; title: ReactNode; children?: ReactNode; action?: ReactNode; className?: string };

/** What stands where a list has nothing: what this is for, and one thing to do. */
export function EmptyState({ icon, title, children, action, className }: EmptyProps) {
  return (
    <div className={cn("flex flex-col items-center px-6 py-14 text-center", className)}>
      {icon && (
        <span
          aria-hidden="true"
          className="mb-4 inline-flex size-11 items-center justify-center rounded-xl border border-line bg-surface text-muted shadow-card [&_svg]:size-5"
        >
          {icon}
        </span>
      )}
      <p className="text-lg font-semibold">{title}</p>
      {children && <p className="mt-1 max-w-sm text-pretty text-muted">{children}</p>}
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}

type ErrorProps = { error: unknown; onRetry?: () => void; retrying?: boolean; className?: string };

/** What happened, a way to try again, and the id to quote to support. */
export function ErrorState({ error, onRetry, retrying, className }: ErrorProps) {
  const { i18n } = useLingui();
  const problem = asProblem(error);
  return (
    <div role="alert" className={cn("flex flex-col items-center px-6 py-14 text-center", className)}>
      <p className="text-lg font-semibold">
        <Trans>This could not be loaded</Trans>
      </p>
      <p className="mt-1 max-w-sm text-pretty text-muted">{problemText(i18n, problem)}</p>
      {onRetry && (
        <Button className="mt-5" pending={retrying} onClick={onRetry}>
          <Trans>Try again</Trans>
        </Button>
      )}
      <RequestId id={problem.requestId} />
    </div>
  );
}

export function RequestId({ id }: { id: string | undefined }) {
  if (!id) return null;
  return (
    <p className="mt-4 text-xs text-muted">
      <Trans>
        Request <code className="font-mono select-all">{id}</code>
      </Trans>
    </p>
  );
}

/** Grey rows of the right size while a list is on its way. */
export function LoadingRows({ rows, row, className }: { rows: number; row: ReactNode; className?: string }) {
  const { t } = useLingui();
  return (
    <div role="status" aria-label={t`Loading`} className={className}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same and never move
        <div key={index}>{row}</div>
      ))}
    </div>
  );
}
