import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { userSession } from "@/api/client";
import { factorsQuery, meQuery } from "@/api/person";
import { asProblem } from "@/api/problem";
import { tenantKey, useWorkspace } from "@/api/workspace";
import { FullPage, PendingPage } from "@/components/full-page";
import { problemText } from "@/components/problem-text";
import { toast } from "@/components/toast";
import { Button, buttonStyle } from "@/components/ui/button";
import { proveByPasskey } from "./proof";

/** For a workspace that demands a second factor, to a member whose session has not shown one: how to get one, or to show it. */
export function SecondFactorGate() {
  const { t, i18n } = useLingui();
  const { api, slug, tenant } = useWorkspace();
  const client = useQueryClient();
  const me = useQuery(meQuery(api));
  const factors = useQuery(factorsQuery(api));
  const [asking, setAsking] = useState(false);
  if (me.isPending || factors.isPending) return <PendingPage />;
  const name = tenant.name;
  const app = me.data?.second_factor ?? false;
  const has = app || (factors.data?.passkeys.length ?? 0) > 0;
  const confirm = async () => {
    setAsking(true);
    try {
      // The dialog would take a password too, and that is not enough here.
      await (app ? userSession.prove(slug) : proveByPasskey(slug));
      await client.invalidateQueries({ queryKey: tenantKey });
    } catch (error) {
      toast(t`That did not work`, { tone: "danger", description: problemText(i18n, asProblem(error)) });
    } finally {
      setAsking(false);
    }
  };
  return (
    <FullPage
      title={t`${name} asks for a second factor`}
      actions={
        <>
          {has ? (
            <Button variant="primary" pending={asking} onClick={() => void confirm()}>
              <Trans>Confirm that it is you</Trans>
            </Button>
          ) : (
            <Link to="/t/$slug/settings/security" params={{ slug }} className={buttonStyle({ variant: "primary" })}>
              <Trans>Set one up</Trans>
            </Link>
          )}
          <Link to="/t" className={buttonStyle()}>
            <Trans>Other workspaces</Trans>
          </Link>
        </>
      }
    >
      {has ? (
        <Trans>You have one, but you did not use it when you signed in here. Show it once, and you are in.</Trans>
      ) : (
        <Trans>
          Its owners want every member to sign in with more than a password: an authenticator app or a passkey. Setting one up
          takes a minute.
        </Trans>
      )}
    </FullPage>
  );
}

/** Stands over the security settings while the workspace waits for the second factor. */
export function SecondFactorBanner() {
  const { slug, tenant } = useWorkspace();
  const name = tenant.name;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-warning-line border-b bg-warning-soft px-4 py-2.5 text-warning-text sm:px-8"
    >
      <p className="min-w-0 flex-1 basis-60">
        <Trans>Set up an authenticator app or a passkey here, then you can go on to {name}.</Trans>
      </p>
      <Link to="/t/$slug/notes" params={{ slug }} className={buttonStyle({ size: "sm" })}>
        <Trans>Go to the workspace</Trans>
      </Link>
    </div>
  );
}
