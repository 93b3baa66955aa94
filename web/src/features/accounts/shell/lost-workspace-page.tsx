import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { FullPage } from "@/components/full-page";
import { buttonStyle } from "@/components/ui/button";

/** For a workspace that does not exist or that the user is not a member of: the two look the same on purpose. */
export function LostWorkspacePage() {
  const { t } = useLingui();
  return (
    <FullPage
      title={t`You have no access to this workspace`}
      actions={
        <Link to="/t" className={buttonStyle({ variant: "primary" })}>
          <Trans>Go to your workspaces</Trans>
        </Link>
      }
    >
      <Trans>It may have another address now, or you are no longer a member. Ask one of its owners.</Trans>
    </FullPage>
  );
}
