import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { AtSign, Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Domain } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { usePageTitle } from "@/components/auth-layout";
import { RowList } from "@/components/row-list";
import { EmptyState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { DomainItem } from "./domain-item";
import { domainsQuery } from "./invitations";

const AddDomainDialog = lazy(() => import("./add-domain-dialog").then((module) => ({ default: module.AddDomainDialog })));
const RemoveDomainDialog = lazy(() =>
  import("./remove-domain-dialog").then((module) => ({ default: module.RemoveDomainDialog })),
);

/** The mail domains that the workspace has proved to own, whose people may join by themselves. */
export function DomainsPage() {
  const { t } = useLingui();
  const { api, can } = useWorkspace();
  const domains = useQuery(domainsQuery(api));
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Domain>();
  usePageTitle(t`Domains`);
  const items = domains.data?.items ?? [];
  const add = can("domains:write") && (
    <Button variant="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden="true" />
      <Trans>Add a domain</Trans>
    </Button>
  );
  return (
    <CardSection
      title={<Trans>Domains</Trans>}
      description={<Trans>People with an address at a domain of yours can join without an invitation.</Trans>}
      actions={items.length > 0 && add}
    >
      <RowList
        query={domains}
        skeleton={<ItemSkeleton />}
        skeletons={2}
        empty={
          items.length === 0 && (
            <EmptyState icon={<AtSign />} title={<Trans>No domains yet</Trans>} action={add}>
              {can("domains:write") ? (
                <Trans>Add the domain of your company and prove with a DNS record that it is yours.</Trans>
              ) : (
                <Trans>An owner can add the domain of your company here.</Trans>
              )}
            </EmptyState>
          )
        }
      >
        {items.map((domain) => (
          <DomainItem key={domain.id} domain={domain} onRemove={() => setRemoving(domain)} />
        ))}
      </RowList>
      <Suspense>
        {adding && <AddDomainDialog onClose={() => setAdding(false)} />}
        {removing && <RemoveDomainDialog domain={removing} onClose={() => setRemoving(undefined)} />}
      </Suspense>
    </CardSection>
  );
}

function ItemSkeleton() {
  return (
    <div className="flex h-20 items-center gap-3 px-5">
      <div className="grid gap-1.5">
        <Skeleton className="h-3.5 w-40" />
        <Skeleton className="h-3 w-56" />
      </div>
      <Skeleton className="ml-auto h-8 w-24" />
    </div>
  );
}
