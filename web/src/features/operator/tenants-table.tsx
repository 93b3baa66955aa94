import { Trans } from "@lingui/react/macro";
import type { OperatorTenant } from "@/api/types";
import { Badge } from "@/components/ui/badge";
import { formatDate, formatNumber } from "@/format";
import { StatusBadge } from "./status-badge";
import { row, Table, TenantCell, wide } from "./table";

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
          <TenantCell id={tenant.id} name={tenant.name}>
            <span className="block truncate text-sm text-muted">{tenant.slug}</span>
          </TenantCell>
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
