import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { take } from "@/api/client";
import { type Identity, identitiesQuery, meKey, type Provider, providersQuery } from "@/api/person";
import { asProblem } from "@/api/problem";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { ItemRow, RowList } from "@/components/row-list";
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
  const { data, error, isFetching, refetch } = identities;
  // What is linked can be shown without the providers, but not before it is known whether they come.
  const both = { data: providers.isFetched ? data : undefined, error, isFetching, refetch };
  const linked = data?.items ?? [];
  const open = (providers.data?.items ?? []).filter(({ key }) => !linked.some(({ provider }) => provider === key));
  if (data && providers.isSuccess && linked.length + open.length === 0) return null;
  return (
    <CardSection
      title={<Trans>Linked accounts</Trans>}
      description={<Trans>Sign in with an account that you have elsewhere.</Trans>}
    >
      <RowList query={both} skeleton={<RowSkeleton />} skeletons={2}>
        {linked.map((identity) => (
          <LinkedRow key={identity.id} identity={identity} onUnlink={() => setLeaving(identity)} />
        ))}
        {open.map((provider) => (
          <OpenRow key={provider.key} provider={provider} />
        ))}
      </RowList>
      {leaving && (
        <Suspense>
          <UnlinkDialog identity={leaving} onClose={() => setLeaving(undefined)} />
        </Suspense>
      )}
    </CardSection>
  );
}

function LinkedRow({ identity, onUnlink }: { identity: Identity; onUnlink: () => void }) {
  const { t } = useLingui();
  const { provider_name: name, email, last_used_at: used } = identity;
  return (
    <ItemRow
      name={name}
      actions={
        <Button size="sm" variant="quietDanger" onClick={onUnlink} aria-label={t`Unlink ${name}`}>
          <Trans>Unlink</Trans>
        </Button>
      }
    >
      <span className="break-all">{email}</span> ·{" "}
      <Trans>
        last used <Time iso={used} />
      </Trans>
    </ItemRow>
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
    <ItemRow
      name={name}
      actions={
        <Button size="sm" pending={link.isPending} onClick={() => link.mutate()} aria-label={t`Link ${name}`}>
          <Trans>Link</Trans>
        </Button>
      }
    >
      <Trans>Not linked</Trans>
    </ItemRow>
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
