import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { take } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { StripeEvent } from "@/api/types";
import { problemText } from "@/components/problem-text";
import { Time } from "@/components/time";
import { toast } from "@/components/toast";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { textLink } from "@/components/ui/text-link";
import { formatNumber } from "@/format";
import { eventsKey } from "./billing";
import { operatorApi } from "./operator";
import { row, Table, wide } from "./table";

export function EventsTable({ events }: { events: readonly StripeEvent[] }) {
  return (
    <Table
      head={
        <>
          <th scope="col">
            <Trans>Event</Trans>
          </th>
          <th scope="col">
            <Trans>State</Trans>
          </th>
          <th scope="col" className={wide}>
            <Trans>Workspace</Trans>
          </th>
          <th scope="col" className={wide}>
            <Trans>Received</Trans>
          </th>
          <th scope="col" className={`${wide} text-right`}>
            <Trans>Attempts</Trans>
          </th>
          <th scope="col">
            <span className="sr-only">
              <Trans>Actions</Trans>
            </span>
          </th>
        </>
      }
    >
      {events.map((event) => (
        <Row key={event.id} event={event} />
      ))}
    </Table>
  );
}

function Row({ event }: { event: StripeEvent }) {
  const { type, id, tenant_id, tenant_name } = event;
  return (
    <tr className={row}>
      <th scope="row" className="w-1/2 max-w-0 py-2.5 pr-3 font-normal md:w-[38%]">
        <span className="block font-mono text-sm [overflow-wrap:anywhere]">{type}</span>
        <span className="block truncate text-muted text-xs" title={id}>
          {id}
        </span>
        {event.error && <span className="block text-danger-text text-sm [overflow-wrap:anywhere]">{event.error}</span>}
      </th>
      <td>
        <StateBadge event={event} />
      </td>
      <td className={`${wide} max-w-40 truncate`}>
        {tenant_id ? (
          <Link to="/operator/tenants/$id" params={{ id: tenant_id }} className={textLink}>
            {tenant_name || tenant_id}
          </Link>
        ) : (
          <span className="text-muted">
            <Trans>Nobody of ours</Trans>
          </span>
        )}
      </td>
      <td className={`${wide} whitespace-nowrap text-muted`}>
        <Time iso={event.received_at} />
      </td>
      <td className={`${wide} text-right tabular-nums`}>{formatNumber(event.attempts)}</td>
      <td className="w-0 text-right">{tenant_id && <Replay event={event} />}</td>
    </tr>
  );
}

function StateBadge({ event: { state, error } }: { event: StripeEvent }) {
  if (state === "applied") {
    return (
      <Badge tone="success">
        <Trans>Applied</Trans>
      </Badge>
    );
  }
  if (state === "ignored") {
    return (
      <Badge>
        <Trans>Ignored</Trans>
      </Badge>
    );
  }
  return error ? (
    <Badge tone="danger">
      <Trans>Failing</Trans>
    </Badge>
  ) : (
    <Badge tone="warning">
      <Trans>Waiting</Trans>
    </Badge>
  );
}

function Replay({ event: { id, type } }: { event: StripeEvent }) {
  const { t, i18n } = useLingui();
  const client = useQueryClient();
  const replay = useMutation({
    mutationFn: () => take(operatorApi.POST("/api/v1/operator/billing/events/{id}/replay", { params: { path: { id } } })),
    onSuccess: ({ state }) =>
      toast(state === "applied" ? t`The event is applied` : t`The event will be applied in a moment`, { tone: "success" }),
    onError: (error) => toast(problemText(i18n, asProblem(error)), { tone: "danger" }),
    onSettled: () => client.invalidateQueries({ queryKey: eventsKey }),
  });
  return (
    <Button size="sm" pending={replay.isPending} aria-label={t`Apply ${type} again`} onClick={() => replay.mutate()}>
      <Trans>Replay</Trans>
    </Button>
  );
}
