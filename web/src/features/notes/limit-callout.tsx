import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useWorkspace } from "@/api/workspace";
import { buttonStyle } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";

/** The plan has no room for one more note: says so, and what to do about it. */
export function LimitCallout() {
  const { slug, can } = useWorkspace();
  return (
    <Callout
      role="alert"
      tone="warning"
      title={<Trans>Your plan is full</Trans>}
      className="m-3"
      actions={
        can("billing:write") && (
          <Link to="/t/$slug/settings/billing" params={{ slug }} className={buttonStyle({ variant: "primary", size: "sm" })}>
            <Trans>Upgrade</Trans>
          </Link>
        )
      }
    >
      <p>
        <Trans>This workspace has as many notes as its plan allows.</Trans>
      </p>
      {!can("billing:write") && (
        <p>
          <Trans>Delete some, or ask an owner to change the plan.</Trans>
        </p>
      )}
    </Callout>
  );
}
