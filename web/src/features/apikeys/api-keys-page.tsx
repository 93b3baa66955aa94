import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import type { ApiKey } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { usePageTitle } from "@/components/auth-layout";
import { RowList } from "@/components/row-list";
import { EmptyState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { textLink } from "@/components/ui/text-link";
import { CurlExample } from "./curl-example";
import { KeyRow } from "./key-row";
import { keysQuery } from "./keys";

const CreateKeyDialog = lazy(() => import("./create-key-dialog").then((module) => ({ default: module.CreateKeyDialog })));
const RevokeKeyDialog = lazy(() => import("./revoke-key-dialog").then((module) => ({ default: module.RevokeKeyDialog })));
const RenameKeyDialog = lazy(() => import("./rename-key-dialog").then((module) => ({ default: module.RenameKeyDialog })));

type Open = { kind: "create" } | { kind: "rename" | "revoke"; apiKey: ApiKey };

export function ApiKeysPage() {
  const { t } = useLingui();
  const { api, can } = useWorkspace();
  const keys = useInfiniteQuery(keysQuery(api));
  const [open, setOpen] = useState<Open>();
  usePageTitle(t`API keys`);
  const rows = keys.data?.pages.flatMap((page) => page.items) ?? [];
  const close = () => setOpen(undefined);
  const create = can("api-keys:write") && (
    <Button variant="primary" onClick={() => setOpen({ kind: "create" })}>
      <Plus aria-hidden="true" />
      <Trans>New API key</Trans>
    </Button>
  );
  return (
    <CardSection
      title={<Trans>API keys</Trans>}
      description={
        <Trans>
          For programs that work in this workspace.{" "}
          <a href="/api/docs" className={textLink}>
            API reference
          </a>
        </Trans>
      }
      actions={rows.length > 0 && create}
    >
      <RowList query={keys} skeleton={<RowSkeleton />} skeletons={3} empty={rows.length === 0 && <NoKeys create={create} />}>
        {rows.map((apiKey) => (
          <KeyRow
            key={apiKey.id}
            apiKey={apiKey}
            onRename={() => setOpen({ kind: "rename", apiKey })}
            onRevoke={() => setOpen({ kind: "revoke", apiKey })}
          />
        ))}
      </RowList>
      {open && (
        <Suspense>
          {open.kind === "create" && <CreateKeyDialog onClose={close} />}
          {open.kind === "rename" && <RenameKeyDialog apiKey={open.apiKey} onClose={close} />}
          {open.kind === "revoke" && <RevokeKeyDialog apiKey={open.apiKey} onClose={close} />}
        </Suspense>
      )}
    </CardSection>
  );
}

function NoKeys({ create }: { create: ReactNode }) {
  return (
    <>
      <EmptyState icon={<KeyRound />} title={<Trans>No API keys yet</Trans>} action={create} className="pb-8">
        <Trans>A key lets a program do what you allow it, in this workspace only.</Trans>
      </EmptyState>
      <div className="mx-auto max-w-xl px-5 pb-10">
        <CurlExample />
      </div>
    </>
  );
}

function RowSkeleton() {
  return (
    <div className="flex h-20 items-center gap-3 px-5">
      <div className="grid gap-1.5">
        <Skeleton className="h-3.5 w-40" />
        <Skeleton className="h-3 w-64" />
      </div>
      <Skeleton className="ml-auto h-8 w-24" />
    </div>
  );
}
