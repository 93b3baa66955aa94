import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Incident } from "@/api/types";
import { usePageTitle } from "@/components/auth-layout";
import { LoadMore } from "@/components/load-more";
import { Loaded } from "@/components/row-list";
import { EmptyState } from "@/components/states";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { formatMoney } from "@/format";
import { incidentsQuery } from "./billing";
import { PageHead } from "./page-head";
import { RowSkeleton } from "./row-skeleton";
import { row, Table, TenantCell, wide } from "./table";

export function IncidentsPage() {
  const { t } = useLingui();
  const incidents = useInfiniteQuery(incidentsQuery());
  const rows = incidents.data?.pages.flatMap((page) => page.items) ?? [];
  usePageTitle(t`Refunds and disputes`);
  return (
    <>
      <PageHead
        title={<Trans>Refunds and disputes</Trans>}
        description={<Trans>Made and answered at Stripe; here is what became of them.</Trans>}
      />
      <Card className="mt-5 overflow-hidden">
        <Loaded query={incidents} skeleton={<RowSkeleton />} skeletons={6}>
          {rows.length > 0 ? (
            <Incidents incidents={rows} />
          ) : (
            <EmptyState title={<Trans>No refund and no dispute</Trans>}>
              <Trans>When a payment is given back or a customer's bank takes it back, it is listed here.</Trans>
            </EmptyState>
          )}
        </Loaded>
        <LoadMore query={incidents} className="border-line border-t p-3" />
      </Card>
    </>
  );
}

function Incidents({ incidents }: { incidents: readonly Incident[] }) {
  return (
    <Table
      head={
        <>
          <th scope="col">
            <Trans>Workspace</Trans>
          </th>
          <th scope="col">
            <Trans>Kind</Trans>
          </th>
          <th scope="col" className="text-right">
            <Trans>Amount</Trans>
          </th>
          <th scope="col" className={wide}>
            <Trans>Status</Trans>
          </th>
          <th scope="col" className={wide}>
            <Trans>Reason</Trans>
          </th>
          <th scope="col" className={wide}>
            <Trans>When</Trans>
          </th>
        </>
      }
    >
      {incidents.map((incident) => (
        <Row key={incident.id} incident={incident} />
      ))}
    </Table>
  );
}

function Row({ incident }: { incident: Incident }) {
  const dispute = incident.kind === "dispute";
  return (
    <tr className={row}>
      <TenantCell id={incident.tenant_id} name={incident.tenant_name}>
        <span className="block truncate font-mono text-muted text-xs">{incident.id}</span>
      </TenantCell>
      <td>
        <Badge tone={dispute ? "danger" : "neutral"}>{dispute ? <Trans>Dispute</Trans> : <Trans>Refund</Trans>}</Badge>
      </td>
      <td className="whitespace-nowrap text-right tabular-nums">{formatMoney(incident.amount, incident.currency)}</td>
      <td className={wide}>{inWords(incident.status)}</td>
      <td className={`${wide} text-muted`}>{inWords(incident.reason) || "–"}</td>
      <td className={`${wide} whitespace-nowrap text-muted`}>
        <Time iso={incident.created_at} />
      </td>
    </tr>
  );
}

// Stripe's words are shown as they are: an operator finds them again at Stripe.
const inWords = (word: string) => word.replaceAll("_", " ");
