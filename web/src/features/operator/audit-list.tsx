import { Trans } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { AuditEntry } from "@/api/types";
import { LoadMore } from "@/components/load-more";
import { Loaded } from "@/components/row-list";
import { EmptyState } from "@/components/states";
import { Time } from "@/components/time";
import { Skeleton } from "@/components/ui/skeleton";
import { textLink } from "@/components/ui/text-link";
import { auditQuery } from "./operator";

/** What was done, newest first: in one workspace, or in all. */
export function AuditList({ tenantId }: { tenantId?: string }) {
  const audit = useInfiniteQuery(auditQuery(tenantId));
  const entries = audit.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="border-line border-t">
      <Loaded query={audit} skeleton={<EntrySkeleton />} skeletons={5}>
        {entries.length === 0 ? (
          <EmptyState title={<Trans>Nothing happened yet</Trans>} />
        ) : (
          <ol className="divide-y divide-line">
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} linked={!tenantId} />
            ))}
          </ol>
        )}
      </Loaded>
      <LoadMore query={audit} className="border-line border-t p-3" />
    </div>
  );
}

function Entry({ entry, linked }: { entry: AuditEntry; linked: boolean }) {
  const detail = Object.entries(entry.detail ?? {});
  return (
    <li className="grid gap-x-4 gap-y-1 px-5 py-3 sm:grid-cols-[minmax(0,1fr)_auto]">
      <p className="min-w-0 [overflow-wrap:anywhere]">
        <code className="rounded-sm bg-active px-1.5 py-0.5 font-mono text-sm">{entry.action}</code>{" "}
        <span className="font-medium">{entry.actor_label || entry.actor_kind || <Trans>not signed in</Trans>}</span>
        {entry.target && <span className="text-muted"> {entry.target}</span>}
      </p>
      <p className="text-sm text-muted sm:text-right">
        <Time iso={entry.at} />
      </p>
      <p className="min-w-0 text-sm text-muted [overflow-wrap:anywhere]">
        {detail.map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join(" · ")}
      </p>
      {linked && entry.tenant_id && (
        <Link
          to="/operator/tenants/$id"
          params={{ id: entry.tenant_id }}
          className={`${textLink} justify-self-start text-sm sm:justify-self-end`}
        >
          <Trans>Workspace</Trans>
        </Link>
      )}
    </li>
  );
}

function EntrySkeleton() {
  return (
    <div className="grid gap-2 px-5 py-3.5">
      <Skeleton className="h-4 w-64 max-w-full" />
      <Skeleton className="h-3.5 w-40" />
    </div>
  );
}
