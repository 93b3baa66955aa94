import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { take } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { Domain } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { CopyButton } from "@/components/copy-button";
import { problemText } from "@/components/problem-text";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { domainsKey } from "./invitations";

/** The DNS record that proves the domain, and the look whether it is there. */
export function DomainProof({ domain }: { domain: Domain }) {
  const { t, i18n } = useLingui();
  const { api, can } = useWorkspace();
  const client = useQueryClient();
  const verify = useMutation({
    mutationFn: () => take(api.POST("/api/v1/domains/{id}/verify", { params: { path: { id: domain.id } } })),
    onSuccess: ({ domain: name }) => {
      void client.invalidateQueries({ queryKey: domainsKey });
      toast(t`${name} is verified`, { tone: "success" });
    },
  });
  return (
    <div className="grid gap-3 rounded-lg border border-line bg-subtle p-4">
      <p>
        <Trans>Add this TXT record where the DNS of the domain is managed. It may take a while until it can be seen.</Trans>
      </p>
      <dl className="grid gap-3">
        <Part label={<Trans>Name</Trans>} text={domain.record_name} copy={t`Copy the name of the record`} />
        <Part label={<Trans>Value</Trans>} text={domain.record_value} copy={t`Copy the value of the record`} />
      </dl>
      {verify.isError && (
        <Callout role="alert" tone="danger">
          {problemText(i18n, asProblem(verify.error))}
        </Callout>
      )}
      {can("domains:write") ? (
        <Button variant="primary" pending={verify.isPending} onClick={() => verify.mutate()} className="justify-self-start">
          <Trans>Verify</Trans>
        </Button>
      ) : (
        <p className="text-sm text-muted">
          <Trans>Only owners can verify a domain.</Trans>
        </p>
      )}
    </div>
  );
}

function Part({ label, text, copy }: { label: ReactNode; text: string; copy: string }) {
  return (
    <div>
      <dt className="text-sm text-muted">{label}</dt>
      <dd className="flex items-center justify-between gap-3">
        <code className="min-w-0 font-mono text-sm break-all select-all">{text}</code>
        <CopyButton text={text} label={copy} />
      </dd>
    </div>
  );
}
