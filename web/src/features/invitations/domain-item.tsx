import { Trans, useLingui } from "@lingui/react/macro";
import type { Domain } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { formatDate } from "@/format";
import { AutoJoin } from "./auto-join";
import { DomainProof } from "./domain-proof";

export function DomainItem({ domain, onRemove }: { domain: Domain; onRemove: () => void }) {
  const { t } = useLingui();
  const { can } = useWorkspace();
  const name = domain.domain;
  const since = domain.verified_at && formatDate(domain.verified_at);
  const missing = domain.missing_since && formatDate(domain.missing_since);
  return (
    <li className="grid gap-4 px-5 py-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h3 className="flex flex-wrap items-center gap-2 font-medium">
            <span className="break-all">{name}</span>
            {since ? (
              <Badge tone="success">
                <Trans>Verified</Trans>
              </Badge>
            ) : (
              <Badge tone="warning">
                <Trans>Not verified</Trans>
              </Badge>
            )}
          </h3>
          <p className="text-sm text-muted">
            {since ? <Trans>Verified on {since}</Trans> : <Trans>Nobody can join by it until it is verified.</Trans>}
          </p>
        </div>
        {can("domains:write") && (
          <Button size="sm" variant="quietDanger" onClick={onRemove} aria-label={t`Remove ${name}`}>
            <Trans>Remove</Trans>
          </Button>
        )}
      </div>
      {missing && (
        <Callout tone="warning" title={<Trans>The DNS record is gone</Trans>}>
          <Trans>It has been missing since {missing}. Put it back within 3 days, or the domain is no longer verified.</Trans>
        </Callout>
      )}
      {(!since || missing) && <DomainProof domain={domain} />}
      {since && <AutoJoin domain={domain} />}
    </li>
  );
}
