import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { Problem } from "@/api/problem";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { buttonStyle } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";

/** The plan has no room for one more note: says so, and what to do about it. */
export function LimitCallout({ problem }: { problem: Problem }) {
  const { i18n } = useLingui();
  const { slug, can } = useWorkspace();
  return (
    <Callout
      role="alert"
      tone="warning"
      title={<Trans>Your plan is full</Trans>}
      className="m-3 mb-0"
      actions={
        can("billing:write") && (
          <Link to="/t/$slug/settings/billing" params={{ slug }} className={buttonStyle({ variant: "primary", size: "sm" })}>
            <Trans>Upgrade</Trans>
          </Link>
        )
      }
    >
      <p>{problemText(i18n, problem)}</p>
      {!can("billing:write") && (
        <p>
          <Trans>An owner of this workspace can change the plan.</Trans>
        </p>
      )}
    </Callout>
  );
}
