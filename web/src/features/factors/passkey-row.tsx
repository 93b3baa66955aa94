import { Trans, useLingui } from "@lingui/react/macro";
import { KeyRound } from "lucide-react";
import type { Passkey } from "@/api/person";
import { ItemRow } from "@/components/row-list";
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
    <ItemRow
      icon={<KeyRound />}
      name={name}
      badge={
        synced && (
          <Badge>
            <Trans>Synced</Trans>
          </Badge>
        )
      }
      actions={
        <span className="flex gap-2">
          <Button size="sm" onClick={onRename} aria-label={t`Rename ${name}`}>
            <Trans>Rename</Trans>
          </Button>
          <Button size="sm" variant="quietDanger" onClick={onRemove} aria-label={t`Remove ${name}`}>
            <Trans>Remove</Trans>
          </Button>
        </span>
      }
    >
      <Trans>Added {added}</Trans> ·{" "}
      {used ? (
        <Trans>
          last used <Time iso={used} />
        </Trans>
      ) : (
        <Trans>never used</Trans>
      )}
    </ItemRow>
  );
}
