import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { ChartColumn } from "lucide-react";
import type { MeterUsage } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { RowList } from "@/components/row-list";
import { EmptyState } from "@/components/states";
import { CardSection } from "@/components/ui/card";
import { Meter } from "@/components/ui/meter";
import { Skeleton } from "@/components/ui/skeleton";
import { formatDate, formatNumber } from "@/format";
import { UsageChart } from "@/plans/usage-chart";
import { usageQuery } from "./billing";

/** How much of each meter was used by the day, and in this month. */
export function UsageCharts() {
  const { api } = useWorkspace();
  const usage = useQuery(usageQuery(api));
  const items = usage.data ?? [];
  return (
    <CardSection title={<Trans>Usage</Trans>} description={<Trans>The last 30 days. Days and months are those of UTC.</Trans>}>
      <RowList
        query={usage}
        skeletons={1}
        skeleton={<ChartSkeleton />}
        empty={
          items.length === 0 && (
            <EmptyState icon={<ChartColumn />} title={<Trans>Nothing is metered</Trans>} className="py-10">
              <Trans>What plans charge by use shows up here.</Trans>
            </EmptyState>
          )
        }
      >
        {items.map((meter) => (
          <MeterItem key={meter.key} meter={meter} />
        ))}
      </RowList>
    </CardSection>
  );
}

function MeterItem({ meter }: { meter: MeterUsage }) {
  const { label } = meter;
  return (
    <li className="px-5 py-4">
      <h3 className="font-medium">{label}</h3>
      <MonthTotal meter={meter} />
      <UsageChart meter={meter} />
    </li>
  );
}

function MonthTotal({ meter }: { meter: MeterUsage }) {
  const { t } = useLingui();
  const { label, used, included, limit } = meter;
  const amount = formatNumber(used);
  const most = limit >= 0 ? limit : included;
  const number = formatNumber(most);
  const resets = formatDate(meter.resets);
  const over = formatNumber(Math.max(0, used - included));
  const text = most > 0 ? (limit >= 0 ? t`${amount} of ${number}` : t`${amount} of ${number} included`) : amount;
  return (
    <div className="mt-1">
      <p className="flex flex-wrap justify-between gap-x-4 text-muted tabular-nums">
        <span>
          <Trans>{text} this month</Trans>
          {limit < 0 && included > 0 && used > included && (
            <>
              {" · "}
              <Trans>{over} are charged</Trans>
            </>
          )}
        </span>
        <span>
          <Trans>Starts again on {resets}</Trans>
        </span>
      </p>
      {most > 0 && (
        <div className="mt-2">
          <Meter label={label} value={used} max={most} text={text} />
        </div>
      )}
    </div>
  );
}

function ChartSkeleton() {
  return (
    <div className="grid gap-3 px-5 py-4">
      <Skeleton className="h-4 w-32" />
      <Skeleton className="h-1.5" />
      <Skeleton className="h-28" />
    </div>
  );
}
