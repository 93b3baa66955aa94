import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { seatsQuery } from "@/api/seats";
import { useWorkspace } from "@/api/workspace";
import { buttonStyle } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Meter } from "@/components/ui/meter";
import { formatNumber } from "@/format";

/** How many members the plan still has room for, and what to do when it has none. */
export function Seats() {
  const { t } = useLingui();
  const { api, slug, can } = useWorkspace();
  const { data: seats } = useQuery(seatsQuery(api));
  if (!seats || seats.limit < 0) return null;
  const used = formatNumber(seats.used);
  const limit = formatNumber(seats.limit);
  return (
    <div className="grid gap-2 px-5 pb-4">
      <p className="text-sm text-muted tabular-nums">
        <Trans>
          {used} of {limit} seats used
        </Trans>
      </p>
      <Meter label={t`Seats`} value={seats.used} max={seats.limit} text={t`${used} of ${limit}`} />
      {seats.used >= seats.limit && (
        <Callout
          tone="warning"
          title={<Trans>Your plan is full</Trans>}
          className="mt-1"
          actions={
            can("billing:write") && (
              <Link to="/t/$slug/settings/billing" params={{ slug }} className={buttonStyle({ variant: "primary", size: "sm" })}>
                <Trans>Upgrade</Trans>
              </Link>
            )
          }
        >
          {can("billing:write") ? (
            <Trans>Nobody else can join until you change the plan or remove a member.</Trans>
          ) : (
            <Trans>Nobody else can join until a member is removed or an owner changes the plan.</Trans>
          )}
        </Callout>
      )}
    </div>
  );
}
