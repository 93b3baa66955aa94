import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { LogOut, SunMoon, UserRound } from "lucide-react";
import { signOut } from "@/api/sign-out";
import { useWorkspace } from "@/api/workspace";
import type { DeferredMenuProps } from "@/components/ui/deferred-menu";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu";

export function UserMenu(props: DeferredMenuProps) {
  const { t } = useLingui();
  const { slug } = useWorkspace();
  return (
    <Menu {...props} label={t`Account`} wide>
      <MenuItem asChild>
        <Link to="/t/$slug/settings/profile" params={{ slug }}>
          <UserRound aria-hidden="true" />
          <Trans>Profile</Trans>
        </Link>
      </MenuItem>
      <MenuItem asChild>
        <Link to="/t/$slug/settings/appearance" params={{ slug }}>
          <SunMoon aria-hidden="true" />
          <Trans>Appearance</Trans>
        </Link>
      </MenuItem>
      <MenuSeparator />
      <MenuItem onSelect={() => void signOut()}>
        <LogOut aria-hidden="true" />
        <Trans>Sign out</Trans>
      </MenuItem>
    </Menu>
  );
}
