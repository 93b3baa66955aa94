import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { take } from "@/api/client";
import { type Identity, identitiesQuery, meKey, type Provider, providersQuery } from "@/api/person";
import { asProblem } from "@/api/problem";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { ErrorState, LoadingRows } from "@/components/states";
import { Time } from "@/components/time";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";

const ConfirmDialog = lazy(() => import("@/components/confirm-dialog").then((module) => ({ default: module.ConfirmDialog })));

/** The providers that the person signs in with, and those that they could link. Nothing where none is set up. */
export function IdentitiesSection() {
  const { api } = useWorkspace();
  const identities = useQuery(identitiesQuery(api));
  const providers = useQuery(providersQuery(api));
  const [leaving, setLeaving] = useState<Identity>();
  const linked = identities.data?.items ?? [];
  const open = (providers.data?.items ?? []).filter(({ key }) => !linked.some(({ provider }) => provider === key));
  if (identities.data && providers.isSuccess && linked.length + open.length === 0) return null;
  return (
    <CardSection
      title={<Trans>Linked accounts</Trans>}
      description={<Trans>Sign in with an account that you have elsewhere.</Trans>}
    >
      <div className="border-line border-t">
        {identities.isPending || providers.isPending ? (
          <LoadingRows rows={2} className="divide-y divide-line" row={<RowSkeleton />} />
        ) : identities.isError && !identities.data ? (
          <ErrorState error={identities.error} onRetry={() => void identities.refetch()} />
        ) : (
          <ul className="divide-y divide-line">
            {linked.map((identity) => (
              <LinkedRow key={identity.id} identity={identity} onUnlink={() => setLeaving(identity)} />
            ))}
            {open.map((provider) => (
              <OpenRow key={provider.key} provider={provider} />
            ))}
          </ul>
        )}
      </div>
      {leaving && (
        <Suspense>
          <UnlinkDialog identity={leaving} onClose={() => setLeaving(undefined)} />
        </Suspense>
      )}
    </CardSection>
  );
}

const row = "flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-3.5";

function LinkedRow({ identity, onUnlink }: { identity: Identity; onUnlink: () => void }) {
  const { t } = useLingui();
  const { provider_name: name, email, last_used_at: used } = identity;
  return (
    <li className={row}>
      <span className="min-w-0 flex-1 basis-48">
        <span className="block font-medium">{name}</span>
        <span className="block text-sm text-muted">
          <span className="break-all">{email}</span> ·{" "}
          <Trans>
            last used <Time iso={used} />
          </Trans>
        </span>
      </span>
      <Button size="sm" variant="quietDanger" onClick={onUnlink} aria-label={t`Unlink ${name}`}>
        <Trans>Unlink</Trans>
      </Button>
    </li>
  );
}

function OpenRow({ provider }: { provider: Provider }) {
  const { t, i18n } = useLingui();
  const { api } = useWorkspace();
  const { key, name } = provider;
  const link = useMutation({
    mutationFn: async () => {
      const next = location.pathname;
      const call = api.POST("/api/v1/me/identities/{key}", { params: { path: { key } }, body: { next } });
      location.assign((await take(call)).url);
      await new Promise(() => {}); // the page is being left
    },
    onError: (error) => toast(t`${name} was not linked`, { tone: "danger", description: problemText(i18n, asProblem(error)) }),
  });
  return (
    <li className={row}>
      <span className="min-w-0 flex-1 basis-48">
        <span className="block font-medium">{name}</span>
        <span className="block text-sm text-muted">
          <Trans>Not linked</Trans>
        </span>
      </span>
      <Button size="sm" pending={link.isPending} onClick={() => link.mutate()} aria-label={t`Link ${name}`}>
        <Trans>Link</Trans>
      </Button>
    </li>
  );
}

function UnlinkDialog({ identity, onClose }: { identity: Identity; onClose: () => void }) {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  const { id, provider_name: name } = identity;
  const unlink = async () => {
    await api.DELETE("/api/v1/me/identities/{id}", { params: { path: { id } } });
    await client.invalidateQueries({ queryKey: meKey });
    toast(t`${name} is unlinked`);
    onClose();
  };
  return (
    <ConfirmDialog
      title={<Trans>Unlink {name}?</Trans>}
      description={<Trans>You can no longer sign in with it. Your account at {name} stays as it is.</Trans>}
      confirm={<Trans>Unlink</Trans>}
      onConfirm={unlink}
      onClose={onClose}
    />
  );
}

function RowSkeleton() {
  return (
    <div className="flex h-16 items-center justify-between px-5">
      <div className="grid gap-1.5">
        <Skeleton className="h-3.5 w-24" />
        <Skeleton className="h-3 w-44" />
      </div>
      <Skeleton className="h-8 w-16" />
    </div>
  );
}
