import { Trans, useLingui } from "@lingui/react/macro";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { publicApi, take, userSession } from "@/api/client";
import { hasCode, Problem } from "@/api/problem";
import { newQueryClient } from "@/api/queries";
import { keepInTab } from "@/api/tab-storage";
import type { SessionGrant } from "@/api/types";
import { AuthLayout } from "@/components/auth-layout";
import { PendingPage } from "@/components/full-page";
import { ErrorState } from "@/components/states";
import { buttonStyle } from "@/components/ui/button";
import { InvitationCard } from "./invitation-card";

export type InviteActions = {
  /** Takes over the session of somebody who has just got an account. */
  enter: (grant: SessionGrant) => void;
  /** Signs out and comes back to the path. */
  signOut: (then: string) => Promise<void>;
};

type Props = InviteActions & { token: string };

/** What a mailed invitation opens: what it is for, and the way in for whoever looks at it. Opening it changes nothing. */
export function InvitePage(props: Props) {
  const [client] = useState(() => newQueryClient());
  if (!props.token) return <Incomplete />;
  return (
    <QueryClientProvider client={client}>
      <Opened {...props} />
    </QueryClientProvider>
  );
}

function Opened({ token, ...actions }: Props) {
  const navigate = useNavigate();
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) => take(publicApi.POST("/api/v1/invitations/open", { body: { token }, signal })),
    retry: false,
    refetchOnWindowFocus: false,
  });
  const person = useQuery({ queryKey: ["invitation", "person"], queryFn: whoIsSignedIn, retry: false });
  if (hasCode(invitation.error, "link_invalid")) return <Broken />;
  if (!invitation.data || person.data === undefined) {
    const failed = [invitation, person].find(({ data, isError }) => isError && data === undefined);
    return failed ? <Failed error={failed.error} retry={() => void failed.refetch()} /> : <PendingPage />;
  }
  const join = async (slug: string) => {
    keepInTab("invitation", "");
    await navigate({ to: "/t/$slug/notes", params: { slug }, replace: true });
  };
  return (
    <InvitationCard
      {...actions}
      token={token}
      invitation={invitation.data}
      person={person.data}
      onJoined={join}
      onRegistered={() => invitation.refetch({ throwOnError: true })}
    />
  );
}

/** The grant of the person who is signed in here, or null. */
async function whoIsSignedIn(): Promise<SessionGrant | null> {
  try {
    return await userSession.ensure("");
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

function Incomplete() {
  const { t } = useLingui();
  return (
    <AuthLayout
      title={t`This link is not complete`}
      description={<Trans>Part of the address is missing. Open the link in the mail again.</Trans>}
    >
      <HomeLink />
    </AuthLayout>
  );
}

function Broken() {
  const { t } = useLingui();
  return (
    <AuthLayout
      title={t`This invitation does not work any more`}
      description={
        <Trans>
          It was used or revoked, or it is too old. If you have joined, go to your workspaces; otherwise ask who invited you to
          send it again.
        </Trans>
      }
    >
      <HomeLink />
    </AuthLayout>
  );
}

function Failed({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useLingui();
  return (
    <AuthLayout title={t`Invitation`}>
      <ErrorState error={error} onRetry={retry} className="px-0 py-4" />
    </AuthLayout>
  );
}

function HomeLink() {
  return (
    <a href="/t" className={buttonStyle({ className: "w-full" })}>
      <Trans>Go to your workspaces</Trans>
    </a>
  );
}
