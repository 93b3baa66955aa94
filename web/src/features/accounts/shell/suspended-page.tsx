import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { signOut } from "@/api/sign-out";
import { brand } from "@/brand";
import { FullPage } from "@/components/full-page";
import { Button, buttonStyle } from "@/components/ui/button";

/** What a customer sees in a suspended workspace: what it means, and what they can do. */
export function SuspendedPage({ name }: { name: string }) {
  const { t } = useLingui();
  const email = brand.supportEmail;
  return (
    <FullPage
      title={t`${name} is suspended`}
      actions={
        <>
          <a href={`mailto:${email}`} className={buttonStyle({ variant: "primary" })}>
            <Trans>Write to support</Trans>
          </a>
          <Link to="/t" className={buttonStyle()}>
            <Trans>Other workspaces</Trans>
          </Link>
          <Button variant="ghost" onClick={() => void signOut()}>
            <Trans>Sign out</Trans>
          </Button>
        </>
      }
    >
      <p role="alert">
        <Trans>
          Nobody can open this workspace at the moment. Nothing in it is lost: your notes are kept, and this page opens again by
          itself when the workspace is restored. Write to {email} if you think this is a mistake.
        </Trans>
      </p>
    </FullPage>
  );
}
