import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import type { ApiKey } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { toast } from "@/components/toast";
import { keysKey } from "./keys";

export function RevokeKeyDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  const { name } = apiKey;
  return (
    <ConfirmDialog
      title={<Trans>Revoke {name}?</Trans>}
      description={<Trans>Programs that use it stop working within a second. This cannot be undone.</Trans>}
      confirm={<Trans>Revoke</Trans>}
      onConfirm={async () => {
        await api.DELETE("/api/v1/api-keys/{id}", { params: { path: { id: apiKey.id } } });
        await client.invalidateQueries({ queryKey: keysKey });
        toast(t`${name} was revoked`, { tone: "success" });
        onClose();
      }}
      onClose={onClose}
    />
  );
}
