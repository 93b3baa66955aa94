import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { OperatorTenant } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { formatDate, formatNumber } from "@/format";
import { StatusBadge } from "./status-badge";
import { row, Table, wide } from "./table";

export function TenantsTable({ tenants }: { tenants: readonly OperatorTenant[] }) {
  return (
    <Table
      head={
        <>
          <th scope="col">
            <Trans>Workspace</Trans>
          </th>
          <th scope="col">
            <Trans>Plan</Trans>
          </th>
          <th scope="col" className={`${wide} text-right`}>
            <Trans>Members</Trans>
          </th>
          <th scope="col" className={`${wide} text-right`}>
            <Trans>Notes</Trans>
          </th>
          <th scope="col" className={wide}>
            <Trans>Created</Trans>
          </th>
          <th scope="col">
            <Trans>Status</Trans>
          </th>
        </>
      }
    >
      {tenants.map((tenant) => (
        <tr key={tenant.id} className={row}>
          <th scope="row" className="max-w-0 py-2.5 pr-3 font-normal md:w-[36%]">
            <Link
              to="/operator/tenants/$id"
              params={{ id: tenant.id }}
              className="block truncate font-medium after:absolute after:inset-0"
            >
              {tenant.name}
            </Link>
            <span className="block truncate text-sm text-muted">{tenant.slug}</span>
          </th>
          <td>
            <Badge tone={tenant.plan === "free" ? "neutral" : "accent"} className="capitalize">
              {tenant.plan}
            </Badge>
          </td>
          <td className={`${wide} text-right tabular-nums`}>{formatNumber(tenant.members)}</td>
          <td className={`${wide} text-right tabular-nums`}>{formatNumber(tenant.notes)}</td>
          <td className={`${wide} whitespace-nowrap text-muted`}>{formatDate(tenant.created_at)}</td>
          <td>
            <StatusBadge status={tenant.status} />
          </td>
        </tr>
      ))}
    </Table>
  );
}
