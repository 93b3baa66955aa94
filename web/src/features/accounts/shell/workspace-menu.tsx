import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Check, LayoutGrid, Plus } from "lucide-react";
import { useWorkspace } from "@/api/workspace";
import { Avatar } from "@/components/ui/avatar";
import type { DeferredMenuProps } from "@/components/ui/deferred-menu";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "@/components/ui/menu";

export function WorkspaceMenu(props: DeferredMenuProps) {
  const { t } = useLingui();
  const { slug, tenants, tenant: current } = useWorkspace();
  return (
    <Menu {...props} label={t`Workspaces`} wide>
      <MenuLabel>
        <Trans>Workspaces</Trans>
      </MenuLabel>
      {tenants.map((tenant) => (
        <MenuItem key={tenant.id} asChild>
          <Link to="/t/$slug/notes" params={{ slug: tenant.slug }}>
            <Avatar
              square
              name={tenant.name}
              seed={tenant.id}
              size="sm"
              image={tenant.id === current.id ? current.logo : undefined}
            />
            <span className="min-w-0 flex-1 truncate">{tenant.name}</span>
            {tenant.slug === slug && <Check role="img" aria-label={t`Current`} />}
          </Link>
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem asChild>
        <Link to="/t" search={{ all: true }}>
          <LayoutGrid aria-hidden="true" />
          <Trans>All workspaces</Trans>
        </Link>
      </MenuItem>
      <MenuItem asChild>
        <Link to="/new">
          <Plus aria-hidden="true" />
          <Trans>New workspace</Trans>
        </Link>
      </MenuItem>
    </Menu>
  );
}
