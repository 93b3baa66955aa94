import { Trans, useLingui } from "@lingui/react/macro";
import { KeyRound } from "lucide-react";
import type { Passkey } from "@/api/person";
import { Time } from "@/components/time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { formatDate } from "@/format";

type Props = { passkey: Passkey; onRename: () => void; onRemove: () => void };

export function PasskeyRow({ passkey, onRename, onRemove }: Props) {
  const { t } = useLingui();
  const { name, last_used_at: used, synced } = passkey;
  const added = formatDate(passkey.created_at);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-5 py-3.5">
      <span aria-hidden="true" className="inline-flex size-9 items-center justify-center rounded-md bg-subtle text-muted">
        <KeyRound className="size-4.5" />
      </span>
      <span className="min-w-0 flex-1 basis-48">
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="min-w-0 truncate font-medium">{name}</span>
          {synced && (
            <Badge>
              <Trans>Synced</Trans>
            </Badge>
          )}
        </span>
        <span className="block text-sm text-muted">
          <Trans>Added {added}</Trans> ·{" "}
          {used ? (
            <Trans>
              last used <Time iso={used} />
            </Trans>
          ) : (
            <Trans>never used</Trans>
          )}
        </span>
      </span>
      <span className="flex gap-2">
        <Button size="sm" onClick={onRename} aria-label={t`Rename ${name}`}>
          <Trans>Rename</Trans>
        </Button>
        <Button size="sm" variant="quietDanger" onClick={onRemove} aria-label={t`Remove ${name}`}>
          <Trans>Remove</Trans>
        </Button>
      </span>
    </li>
  );
}
