import { Trans, useLingui } from "@lingui/react/macro";
import type { ApiKey } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { formatDate } from "@/format";
import { stateOf } from "./keys";

type Props = { apiKey: ApiKey; onRename: () => void; onRevoke: () => void };

export function KeyRow({ apiKey, onRename, onRevoke }: Props) {
  const { t } = useLingui();
  const { can } = useWorkspace();
  const { name, prefix, scopes } = apiKey;
  const state = stateOf(apiKey);
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-3 px-5 py-4">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 font-medium break-words">{name}</span>
          <code className="font-mono text-xs text-muted">{prefix}…</code>
          {state === "revoked" && (
            <Badge tone="danger">
              <Trans>Revoked</Trans>
            </Badge>
          )}
          {state === "expired" && (
            <Badge tone="warning">
              <Trans>Expired</Trans>
            </Badge>
          )}
        </p>
        <Facts apiKey={apiKey} />
        <ul aria-label={t`Scopes`} className="mt-2 flex flex-wrap gap-1">
          {scopes.map((scope) => (
            <li key={scope}>
              <Badge className="font-mono">{scope}</Badge>
            </li>
          ))}
        </ul>
      </div>
      {can("api-keys:write") && state !== "revoked" && (
        <span className="flex gap-2">
          <Button size="sm" onClick={onRename} aria-label={t`Rename ${name}`}>
            <Trans>Rename</Trans>
          </Button>
          <Button size="sm" variant="quietDanger" onClick={onRevoke} aria-label={t`Revoke ${name}`}>
            <Trans>Revoke</Trans>
          </Button>
        </span>
      )}
    </li>
  );
}

function Facts({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useLingui();
  const creator = apiKey.created_by.name || t`a former member`;
  const created = formatDate(apiKey.created_at);
  const revoked = apiKey.revoked_at && formatDate(apiKey.revoked_at);
  const expires = apiKey.expires_at && formatDate(apiKey.expires_at);
  return (
    <p className="mt-0.5 text-sm text-muted">
      <Trans>
        Made by {creator} on {created}
      </Trans>
      {" · "}
      {apiKey.last_used_at ? (
        <Trans>
          last used <Time iso={apiKey.last_used_at} />
        </Trans>
      ) : (
        <Trans>never used</Trans>
      )}
      {" · "}
      {revoked && apiKey.revoked_reason === "creator_left" ? (
        <Trans>ended on {revoked}, when its creator left</Trans>
      ) : revoked ? (
        <Trans>revoked on {revoked}</Trans>
      ) : stateOf(apiKey) === "expired" ? (
        <Trans>expired on {expires}</Trans>
      ) : expires ? (
        <Trans>expires on {expires}</Trans>
      ) : (
        <Trans>does not expire</Trans>
      )}
    </p>
  );
}
