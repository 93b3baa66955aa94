import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Plus, ShieldCheck } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { rolesQuery } from "@/api/roles";
import type { WorkspaceRole } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { usePageTitle } from "@/components/auth-layout";
import { RowList } from "@/components/row-list";
import { EmptyState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { RoleRow } from "./role-row";

const RoleDialog = lazy(() => import("./role-dialog").then((module) => ({ default: module.RoleDialog })));
const DeleteRoleDialog = lazy(() => import("./delete-role-dialog").then((module) => ({ default: module.DeleteRoleDialog })));

type Open = { kind: "new" } | { kind: "edit" | "delete"; role: WorkspaceRole };

export function RolesPage() {
  const { t } = useLingui();
  const { api, can } = useWorkspace();
  const roles = useQuery(rolesQuery(api));
  const [open, setOpen] = useState<Open>();
  usePageTitle(t`Roles`);
  const { items = [], permissions = [] } = roles.data ?? {};
  const own = items.filter((role) => !role.built_in);
  const close = () => setOpen(undefined);
  const create = can("roles:write") && (
    <Button variant="primary" disabled={!roles.data} onClick={() => setOpen({ kind: "new" })}>
      <Plus aria-hidden="true" />
      <Trans>New role</Trans>
    </Button>
  );
  const shown = (list: readonly WorkspaceRole[]) =>
    list.map((role) => (
      <RoleRow
        key={role.id}
        role={role}
        permissions={permissions}
        onEdit={() => setOpen({ kind: "edit", role })}
        onDelete={() => setOpen({ kind: "delete", role })}
      />
    ));
  return (
    <>
      <CardSection
        title={<Trans>Your roles</Trans>}
        description={<Trans>Made in this workspace, of the permissions you choose.</Trans>}
        actions={own.length > 0 && create}
      >
        <RowList
          query={roles}
          skeleton={<RowSkeleton />}
          skeletons={3}
          empty={
            own.length === 0 && (
              <EmptyState icon={<ShieldCheck />} title={<Trans>No roles of your own yet</Trans>} action={create}>
                <Trans>Make one when the built-in roles let somebody do too much or too little.</Trans>
              </EmptyState>
            )
          }
        >
          {shown(own)}
        </RowList>
      </CardSection>
      {roles.data && (
        <CardSection
          title={<Trans>Built-in roles</Trans>}
          description={<Trans>Every workspace has these. They cannot be changed.</Trans>}
        >
          <ul className="divide-y divide-line border-line border-t">{shown(items.filter((role) => role.built_in))}</ul>
        </CardSection>
      )}
      {open && (
        <Suspense>
          {open.kind === "delete" ? (
            <DeleteRoleDialog role={open.role} onClose={close} />
          ) : (
            <RoleDialog role={open.kind === "edit" ? open.role : undefined} permissions={permissions} onClose={close} />
          )}
        </Suspense>
      )}
    </>
  );
}

function RowSkeleton() {
  return (
    <div className="flex h-16 items-center gap-3 px-5">
      <div className="grid gap-1.5">
        <Skeleton className="h-3.5 w-28" />
        <Skeleton className="h-3 w-40" />
      </div>
      <Skeleton className="ml-auto h-8 w-24" />
    </div>
  );
}
