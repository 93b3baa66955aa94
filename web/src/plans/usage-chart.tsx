import { Trans, useLingui } from "@lingui/react/macro";
import type { MeterUsage } from "@/api/types";
import { formatDay, formatNumber } from "@/format";
import { barsOf } from "./bars";

const width = 600;
const height = 100;

/** The days of a meter as bars; a table says the same in words. */
export function UsageChart({ meter }: { meter: MeterUsage }) {
  const { t } = useLingui();
  const { days, label } = meter;
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last) return null;
  const top = days.reduce((most, day) => (day.quantity > most.quantity ? day : most));
  const total = formatNumber(days.reduce((sum, { quantity }) => sum + quantity, 0));
  const from = formatDay(first.day);
  const to = formatDay(last.day);
  const most = formatNumber(top.quantity);
  const topDay = formatDay(top.day);
  const bars = barsOf(
    days.map(({ quantity }) => quantity),
    width,
    height,
  );
  const words =
    top.quantity > 0
      ? t`${label} by the day from ${from} to ${to}: ${total} in all, the most on ${topDay} with ${most}`
      : t`${label} by the day from ${from} to ${to}: none`;
  return (
    <figure className="mt-4">
      <div className="flex h-28 gap-2">
        <svg
          role="img"
          aria-label={words}
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          className="h-full min-w-0 flex-1 border-line border-b"
        >
          <line
            x1="0"
            x2={width}
            y1="0.5"
            y2="0.5"
            vectorEffect="non-scaling-stroke"
            className="stroke-line"
            strokeDasharray="3 4"
          />
          {days.map((day, index) => (
            <g key={day.day}>
              <title>{`${formatDay(day.day)}: ${formatNumber(day.quantity)}`}</title>
              <rect
                x={(index * width) / days.length}
                y="0"
                width={width / days.length}
                height={height}
                className="fill-transparent"
              />
              <rect {...bars[index]} className="fill-accent" />
            </g>
          ))}
        </svg>
        <span aria-hidden="true" className="w-10 shrink-0 text-right text-xs text-muted tabular-nums">
          {most}
        </span>
      </div>
      <div aria-hidden="true" className="mt-1 mr-12 flex justify-between text-xs text-muted">
        <span>{from}</span>
        <span>{to}</span>
      </div>
      <details className="mt-2 text-sm">
        <summary className="w-fit rounded-sm text-muted hover:text-ink">
          <Trans>Show as a table</Trans>
        </summary>
        <DayTable meter={meter} />
      </details>
    </figure>
  );
}

function DayTable({ meter }: { meter: MeterUsage }) {
  const { label } = meter;
  return (
    <table className="mt-2 w-full max-w-xs text-left">
      <thead className="text-muted">
        <tr>
          <th scope="col" className="py-1 font-medium">
            <Trans>Day</Trans>
          </th>
          <th scope="col" className="py-1 text-right font-medium">
            {label}
          </th>
        </tr>
      </thead>
      <tbody>
        {meter.days.toReversed().map(({ day, quantity }) => (
          <tr key={day} className="border-line border-t">
            <th scope="row" className="py-1 font-normal">
              {formatDay(day)}
            </th>
            <td className="py-1 text-right tabular-nums">{formatNumber(quantity)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
