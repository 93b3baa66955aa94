import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { take } from "@/api/client";
import { hasCode, Problem } from "@/api/problem";
import { rolesKey, rolesQuery } from "@/api/roles";
import type { PermissionInfo, WorkspaceRole } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { Field, Form, SubmitButton } from "@/components/form";
import { PermissionGrid } from "@/components/permission-grid";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";

type Props = {
  /** The role to change; undefined makes a new one. */ role?: WorkspaceRole;
  permissions: readonly PermissionInfo[];
  onClose: () => void;
};

/** Makes or changes a role. When somebody else changed it meanwhile, both versions are there to choose from. */
export function RoleDialog({ role, permissions, onClose }: Props) {
  const { t } = useLingui();
  const { api, tenant } = useWorkspace();
  const client = useQueryClient();
  const [base, setBase] = useState(role);
  const [theirs, setTheirs] = useState<WorkspaceRole>();
  const [name, setName] = useState(role?.name ?? "");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(role?.permissions));

  const save = async () => {
    if (chosen.size === 0) throw new Problem(422, { detail: t`Choose at least one permission.` });
    const body = { name, permissions: [...chosen] };
    try {
      if (base) {
        const path = { id: base.id };
        await take(api.PATCH("/api/v1/roles/{id}", { params: { path }, body: { ...body, version: base.version } }));
      } else {
        await take(api.POST("/api/v1/roles", { body }));
      }
    } catch (error) {
      if (!hasCode(error, "version_conflict")) throw error;
      const fresh = await client.fetchQuery({ ...rolesQuery(api), staleTime: 0 });
      const current = fresh.items.find(({ id }) => id === base?.id);
      if (!current) throw new Problem(404, { detail: t`Somebody deleted this role in the meantime.` });
      setTheirs(current);
      return;
    }
    void client.invalidateQueries({ queryKey: rolesKey });
    toast(base ? t`Role saved` : t`Role created`, { tone: "success" });
    onClose();
  };

  const resolve = (mine: boolean) => {
    if (!theirs) return;
    setBase(theirs);
    setTheirs(undefined);
    if (mine) return;
    setName(theirs.name);
    setChosen(new Set(theirs.permissions));
  };

  return (
    <Dialog
      wide
      open
      onOpenChange={(open) => !open && onClose()}
      title={role ? <Trans>Edit role</Trans> : <Trans>New role</Trans>}
      description={<Trans>Whoever has this role may do what you choose here, and nothing else.</Trans>}
    >
      <Form onSubmit={save} className="mt-5 grid gap-5">
        <Field name="name" label={<Trans>Name</Trans>}>
          {(control) => (
            <Input
              {...control}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              required
              autoFocus
              autoComplete="off"
              maxLength={50}
              placeholder={t`Accountant`}
            />
          )}
        </Field>
        <PermissionGrid permissions={permissions} own={tenant.permissions} value={chosen} onChange={setChosen} />
        {theirs && <Conflict onTheirs={() => resolve(false)} onMine={() => resolve(true)} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <SubmitButton disabled={theirs !== undefined}>
            {role ? <Trans>Save role</Trans> : <Trans>Create role</Trans>}
          </SubmitButton>
        </div>
      </Form>
    </Dialog>
  );
}

function Conflict({ onTheirs, onMine }: { onTheirs: () => void; onMine: () => void }) {
  return (
    <Callout
      role="alert"
      tone="warning"
      title={<Trans>Somebody changed this role in the meantime</Trans>}
      actions={
        <>
          <Button size="sm" onClick={onTheirs}>
            <Trans>Take theirs</Trans>
          </Button>
          <Button size="sm" onClick={onMine}>
            <Trans>Keep mine</Trans>
          </Button>
        </>
      }
    >
      <Trans>Choose which version to go on with, then save.</Trans>
    </Callout>
  );
}
