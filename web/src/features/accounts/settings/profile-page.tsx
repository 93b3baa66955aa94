import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { meQuery } from "@/api/person";
import { signOut } from "@/api/sign-out";
import { useWorkspace } from "@/api/workspace";
import { usePageTitle } from "@/components/auth-layout";
import { ErrorState, LoadingRows } from "@/components/states";
import { Button, buttonStyle } from "@/components/ui/button";
import { Card, CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { EmailSection } from "./email-section";
import { NameSection } from "./name-section";

/** Who the person is; `signInMethods` stands where the ways to sign in are managed. */
export function ProfilePage({ signInMethods }: { signInMethods: ReactNode }) {
  const { t } = useLingui();
  const { api, slug } = useWorkspace();
  const me = useQuery(meQuery(api));
  usePageTitle(t`Profile`);
  return (
    <>
      {me.data ? (
        <>
          <NameSection me={me.data} />
          <EmailSection me={me.data} />
        </>
      ) : (
        <Card>
          {me.isError ? (
            <ErrorState error={me.error} onRetry={() => void me.refetch()} />
          ) : (
            <LoadingRows rows={2} className="grid gap-6 p-5" row={<Waiting />} />
          )}
        </Card>
      )}
      {signInMethods}
      <CardSection
        title={<Trans>Security</Trans>}
        description={<Trans>Your password, second factor, passkeys and the devices that you are signed in on.</Trans>}
        actions={
          <Link to="/t/$slug/settings/security" params={{ slug }} className={buttonStyle()}>
            <Trans>Open security</Trans>
          </Link>
        }
      />
      <CardSection
        title={<Trans>Sign out</Trans>}
        description={<Trans>Ends your session in this browser.</Trans>}
        actions={
          <Button onClick={() => void signOut()}>
            <Trans>Sign out</Trans>
          </Button>
        }
      />
    </>
  );
}

function Waiting() {
  return (
    <div className="grid gap-3">
      <Skeleton className="h-5 w-24" />
      <Skeleton className="h-9" />
    </div>
  );
}
