import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import type { Domain } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { toast } from "@/components/toast";
import { domainsKey } from "./invitations";

export function RemoveDomainDialog({ domain, onClose }: { domain: Domain; onClose: () => void }) {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  const name = domain.domain;
  return (
    <ConfirmDialog
      title={<Trans>Remove {name}?</Trans>}
      description={
        <Trans>
          Nobody can join by it any more. Who is a member stays. To use the domain again, you prove it with a new record.
        </Trans>
      }
      confirm={<Trans>Remove</Trans>}
      onConfirm={async () => {
        await api.DELETE("/api/v1/domains/{id}", { params: { path: { id: domain.id } } });
        await client.invalidateQueries({ queryKey: domainsKey });
        toast(t`${name} was removed`, { tone: "success" });
        onClose();
      }}
      onClose={onClose}
    />
  );
}
