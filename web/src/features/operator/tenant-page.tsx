import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { hasCode } from "@/api/problem";
import type { OperatorTenantDetail } from "@/api/types";
import { usePageTitle } from "@/components/auth-layout";
import { RoleName } from "@/components/role-name";
import { EmptyState, ErrorState, LoadingRows } from "@/components/states";
import { Avatar } from "@/components/ui/avatar";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card, CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { formatDate, formatNumber } from "@/format";
import { loadPlanMessages } from "@/plans/messages";
import { AuditList } from "./audit-list";
import { tenantQuery } from "./operator";
import { StatusBadge } from "./status-badge";

const TenantUsage = lazy(async () => {
  const [module] = await Promise.all([import("./tenant-usage"), loadPlanMessages()]);
  return { default: module.TenantUsage };
});
const StatusDialog = lazy(() => import("./status-dialog").then((module) => ({ default: module.StatusDialog })));
const EndSessionsDialog = lazy(() => import("./end-sessions-dialog").then((module) => ({ default: module.EndSessionsDialog })));

export function TenantPage({ id }: { id: string }) {
  const tenant = useQuery(tenantQuery(id));
  return (
    <>
      <Link
        to="/operator/tenants"
        className="-ml-1 inline-flex items-center gap-1 rounded-sm font-medium text-muted hover:text-ink"
      >
        <ChevronLeft aria-hidden="true" className="size-4" />
        <Trans>Workspaces</Trans>
      </Link>
      {tenant.isPending ? (
        <LoadingRows rows={1} className="mt-4" row={<Skeleton round="xl" className="h-64" />} />
      ) : hasCode(tenant.error, "not_found") ? (
        <Card className="mt-4">
          <EmptyState title={<Trans>There is no such workspace</Trans>} />
        </Card>
      ) : tenant.data ? (
        <Detail tenant={tenant.data} />
      ) : (
        <Card className="mt-4">
          <ErrorState error={tenant.error} onRetry={() => void tenant.refetch()} />
        </Card>
      )}
    </>
  );
}

function Detail({ tenant }: { tenant: OperatorTenantDetail }) {
  const { t } = useLingui();
  const [changing, setChanging] = useState(false);
  const [leaving, setLeaving] = useState<OperatorTenantDetail["list"][number]>();
  const active = tenant.status === "active";
  const { name } = tenant;
  usePageTitle(name);
  return (
    <div className="mt-3 grid gap-6">
      <header className="flex flex-wrap items-start justify-between gap-4">
        <div className="flex min-w-0 items-center gap-3.5">
          <Avatar square name={name} seed={tenant.id} size="xl" />
          <div className="min-w-0">
            <h1 className="flex flex-wrap items-center gap-x-3 gap-y-1 text-2xl font-semibold [overflow-wrap:anywhere]">
              {name}
              <StatusBadge status={tenant.status} />
            </h1>
            <p className="text-muted">{tenant.slug}</p>
          </div>
        </div>
        <Button variant={active ? "quietDanger" : "primary"} onClick={() => setChanging(true)}>
          {active ? <Trans>Suspend</Trans> : <Trans>Restore</Trans>}
        </Button>
      </header>
      {!active && (
        <Callout tone="danger" title={<Trans>Suspended: nobody can open this workspace</Trans>}>
          {tenant.suspended_reason}
        </Callout>
      )}
      <Card>
        <dl className="grid grid-cols-2 divide-line sm:grid-cols-4 sm:divide-x [&>div]:px-5 [&>div]:py-4">
          <Fact label={t`Plan`} value={<span className="capitalize">{tenant.plan}</span>} />
          <Fact label={t`Members`} value={formatNumber(tenant.members)} />
          <Fact label={t`Notes`} value={formatNumber(tenant.notes)} />
          <Fact label={t`Created`} value={formatDate(tenant.created_at)} />
        </dl>
      </Card>
      <CardSection title={<Trans>Members</Trans>}>
        <ul className="divide-y divide-line border-line border-t">
          {tenant.list.map((member) => (
            <li key={member.user_id} className="flex items-center gap-3 px-5 py-3">
              <Avatar name={member.name} seed={member.user_id} />
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium">{member.name}</span>
                <span className="block truncate text-sm text-muted">{member.email}</span>
              </span>
              <span className="text-muted">
                <RoleName role={member.role} />
              </span>
              <Button aria-label={t`Sign ${member.name} out everywhere`} onClick={() => setLeaving(member)}>
                <Trans>Sign out</Trans>
              </Button>
            </li>
          ))}
        </ul>
      </CardSection>
      <Suspense fallback={<Skeleton round="xl" className="h-72" />}>
        <TenantUsage id={tenant.id} />
      </Suspense>
      <CardSection
        title={<Trans>Audit log</Trans>}
        description={<Trans>What was done in and to this workspace, newest first.</Trans>}
      >
        <AuditList tenantId={tenant.id} />
      </CardSection>
      {leaving && (
        <Suspense>
          <EndSessionsDialog member={leaving} onClose={() => setLeaving(undefined)} />
        </Suspense>
      )}
      {changing && (
        <Suspense>
          <StatusDialog tenant={tenant} onClose={() => setChanging(false)} />
        </Suspense>
      )}
    </div>
  );
}

function Fact({ label, value }: { label: string; value: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="mt-0.5 text-lg font-semibold tabular-nums">{value}</dd>
    </div>
  );
}
