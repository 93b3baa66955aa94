import { Trans, useLingui } from "@lingui/react/macro";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useEffect, useState } from "react";
import { usePageTitle } from "@/components/auth-layout";
import { LoadMore } from "@/components/load-more";
import { Loaded } from "@/components/row-list";
import { EmptyState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { tenantsQuery } from "./operator";
import { RowSkeleton } from "./row-skeleton";
import { TenantsTable } from "./tenants-table";

const typingPauseMs = 250;

export function TenantsPage({ q }: { q: string }) {
  const { t } = useLingui();
  const tenants = useInfiniteQuery({ ...tenantsQuery(q), placeholderData: keepPreviousData });
  const rows = tenants.data?.pages.flatMap((page) => page.items) ?? [];
  usePageTitle(t`Workspaces`);
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <h1 className="text-2xl font-semibold">
          <Trans>Workspaces</Trans>
        </h1>
        <SearchBox q={q} />
      </div>
      <Card className="mt-5 overflow-hidden" aria-busy={tenants.isPlaceholderData}>
        <Loaded query={tenants} skeleton={<RowSkeleton />} skeletons={8}>
          {rows.length === 0 ? <Nothing q={q} /> : <TenantsTable tenants={rows} />}
        </Loaded>
        <LoadMore query={tenants} className="border-line border-t p-3" />
      </Card>
    </>
  );
}

function Nothing({ q }: { q: string }) {
  const navigate = useNavigate();
  if (!q) {
    return (
      <EmptyState title={<Trans>No workspaces yet</Trans>}>
        <Trans>They appear here as soon as the first customer creates one.</Trans>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={<Trans>Nothing matches “{q}”</Trans>}
      action={
        <Button onClick={() => void navigate({ to: "/operator/tenants", search: {} })}>
          <Trans>Clear the search</Trans>
        </Button>
      }
    >
      <Trans>The search looks at names, addresses and the e-mails of owners.</Trans>
    </EmptyState>
  );
}

// What is typed goes into the address after a pause, and what the address says (back, a shared link) into the box.
function SearchBox({ q }: { q: string }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(q);
  const [shown, setShown] = useState(q);
  if (shown !== q) {
    setShown(q);
    if (typed.trim() !== q) setTyped(q);
  }
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === q) return;
    const timer = setTimeout(
      () => void navigate({ to: "/operator/tenants", search: wanted ? { q: wanted } : {}, replace: true }),
      typingPauseMs,
    );
    return () => clearTimeout(timer);
  }, [typed, q, navigate]);
  return (
    <search className="relative w-full sm:w-72">
      <Search aria-hidden="true" className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted" />
      <Input
        type="search"
        aria-label={t`Search workspaces`}
        placeholder={t`Name, address or owner's e-mail`}
        value={typed}
        maxLength={200}
        onChange={(event) => setTyped(event.currentTarget.value)}
        className="pl-9"
      />
    </search>
  );
}
