import { Trans, useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { take } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { Domain } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { builtInRoles } from "@/components/role-name";
import { toast } from "@/components/toast";
import { Select } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import { domainsKey } from "./invitations";

type Change = { auto_join?: boolean; role?: Domain["role"] };

/** Whether people of the domain may join by themselves, and as what. */
export function AutoJoin({ domain }: { domain: Domain }) {
  const { t, i18n } = useLingui();
  const { api, can } = useWorkspace();
  const client = useQueryClient();
  const id = useId();
  const name = domain.domain;
  const change = useMutation({
    mutationFn: (body: Change) => take(api.PATCH("/api/v1/domains/{id}", { params: { path: { id: domain.id } }, body })),
    onSuccess: (changed) => {
      client.setQueryData<{ items: Domain[] }>(
        domainsKey,
        (data) => data && { items: data.items.map((other) => (other.id === changed.id ? changed : other)) },
      );
      toast(t`${name} changed`, { tone: "success" });
    },
    onError: (error) => toast(t`${name} was not changed`, { tone: "danger", description: problemText(i18n, asProblem(error)) }),
  });
  const shown = { ...domain, ...(change.isPending ? change.variables : undefined) };
  const writes = can("domains:write");
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
      <div className="flex min-w-0 items-start gap-3">
        <Switch
          aria-labelledby={id}
          checked={shown.auto_join}
          pending={change.isPending}
          disabled={!writes}
          onChange={(auto_join) => change.mutate({ auto_join })}
        />
        <span id={id} className="min-w-0">
          <Trans>People with an address at {name} may join by themselves</Trans>
        </span>
      </div>
      <div className="flex items-center gap-2">
        <label htmlFor={`${id}-role`} className="text-muted">
          <Trans>They join as</Trans>
        </label>
        <Select
          id={`${id}-role`}
          value={shown.role}
          disabled={!writes || change.isPending}
          onChange={(event) => change.mutate({ role: event.currentTarget.value as Domain["role"] })}
        >
          <JoinRoles />
        </Select>
      </div>
    </div>
  );
}

/** Who joins without being asked by anybody gets no more than this. */
export function JoinRoles() {
  const { i18n } = useLingui();
  return (["member", "viewer"] as const).map((role) => {
    const name = builtInRoles[role];
    return (
      <option key={role} value={role}>
        {name && i18n._(name)}
      </option>
    );
  });
}
