import { useLingui } from "@lingui/react/macro";
import { lazy } from "react";
import { useWorkspace } from "@/api/workspace";
import { Avatar } from "@/components/ui/avatar";
import { DeferredMenu } from "@/components/ui/deferred-menu";

const load = () => import("./user-menu");
const UserMenu = lazy(() => load().then(({ UserMenu }) => ({ default: UserMenu })));

export function UserButton() {
  const { t } = useLingui();
  const { user } = useWorkspace();
  const { name } = user;
  const trigger = (
    <button
      type="button"
      aria-label={t`Account of ${name}`}
      className="flex w-full items-center gap-2.5 rounded-md px-2 py-1.5 text-left hover:bg-hover aria-expanded:bg-hover"
    >
      <Avatar name={name} seed={user.id} />
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{name}</span>
        <span className="block truncate text-xs text-muted">{user.email}</span>
      </span>
    </button>
  );
  return <DeferredMenu trigger={trigger} menu={UserMenu} preload={load} />;
}
