import { Trans, useLingui } from "@lingui/react/macro";
import { ChevronsUpDown } from "lucide-react";
import { lazy } from "react";
import { useWorkspace } from "@/api/workspace";
import { Avatar } from "@/components/ui/avatar";
import { DeferredMenu } from "@/components/ui/deferred-menu";

const load = () => import("./workspace-menu");
const WorkspaceMenu = lazy(() => load().then(({ WorkspaceMenu }) => ({ default: WorkspaceMenu })));

export function WorkspaceSwitcher() {
  const { t } = useLingui();
  const { tenant } = useWorkspace();
  const { name } = tenant;
  const trigger = (
    <button
      type="button"
      aria-label={t`Workspace ${name}: switch or create`}
      className="flex w-full items-center gap-2.5 rounded-md px-2 py-1.5 text-left hover:bg-hover aria-expanded:bg-hover"
    >
      <Avatar square name={name} seed={tenant.id} image={tenant.logo} />
      <span className="min-w-0 flex-1 truncate font-semibold">{name}</span>
      <ChevronsUpDown aria-hidden="true" className="size-4 shrink-0 text-muted" />
    </button>
  );
  return <DeferredMenu trigger={trigger} menu={WorkspaceMenu} preload={load} />;
}

/** The name alone, for the bar of narrow screens. */
export function WorkspaceName() {
  const { tenant } = useWorkspace();
  return <span title={tenant.name}>{tenant.name || <Trans>Workspace</Trans>}</span>;
}
