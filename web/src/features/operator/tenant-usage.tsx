import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { MeterUsage } from "@/api/types";
import { RowList } from "@/components/row-list";
import { EmptyState } from "@/components/states";
import { CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { formatNumber } from "@/format";
import { UsageChart } from "@/plans/usage-chart";
import { tenantUsageQuery } from "./billing";

/** What the workspace used of each meter. */
export function TenantUsage({ id }: { id: string }) {
  const usage = useQuery(tenantUsageQuery(id));
  return (
    <CardSection title={<Trans>Usage</Trans>} description={<Trans>The last 30 days. Days and months are those of UTC.</Trans>}>
      <RowList
        query={usage}
        skeletons={1}
        skeleton={<Skeleton className="mx-5 my-4 h-40" />}
        empty={usage.data?.length === 0 && <EmptyState title={<Trans>Nothing is metered</Trans>} className="py-10" />}
      >
        {usage.data?.map((meter) => (
          <Metered key={meter.key} meter={meter} />
        ))}
      </RowList>
    </CardSection>
  );
}

function Metered({ meter }: { meter: MeterUsage }) {
  const used = formatNumber(meter.used);
  const limit = formatNumber(meter.limit);
  const included = formatNumber(meter.included);
  return (
    <li className="px-5 py-4">
      <h3 className="flex flex-wrap items-baseline justify-between gap-x-4 font-medium">
        {meter.label}
        <span className="font-normal text-muted text-sm tabular-nums">
          {meter.limit >= 0 ? (
            <Trans>
              {used} of {limit} this month
            </Trans>
          ) : (
            <Trans>
              {used} this month, {included} in the price
            </Trans>
          )}
        </span>
      </h3>
      <UsageChart meter={meter} />
    </li>
  );
}
