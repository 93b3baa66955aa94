import { Trans } from "@lingui/react/macro";
import { createFileRoute, Link, Outlet } from "@tanstack/react-router";
import { NotebookText, Settings } from "lucide-react";
import { useEffect } from "react";
import { userSession } from "@/api/client";
import { requireUser } from "@/api/guard";
import { useWorkspace, WorkspaceProvider } from "@/api/workspace";
import { AppShell, navLink } from "@/components/app-shell";
import { LostWorkspacePage } from "@/features/accounts/lost-workspace-page";
import { loadAccountsMessages } from "@/features/accounts/messages";
import { SuspendedPage } from "@/features/accounts/suspended-page";
import { UserButton } from "@/features/accounts/user-button";
import { WorkspaceName, WorkspaceSwitcher } from "@/features/accounts/workspace-switcher";

export const Route = createFileRoute("/t/$slug")({
  beforeLoad: async ({ params, location }) => ({ grant: await requireUser(params.slug, location.href) }),
  loader: loadAccountsMessages,
  component: Page,
});

function Page() {
  const { slug } = Route.useParams();
  const { grant } = Route.useRouteContext();
  useEffect(() => {
    const leave = () => location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    // A page that the browser kept aside must not come back with what a signed-out person saw.
    const onShow = (event: PageTransitionEvent) => event.persisted && location.reload();
    const stop = userSession.onEnd(leave);
    addEventListener("pageshow", onShow);
    return () => {
      stop();
      removeEventListener("pageshow", onShow);
    };
  }, []);
  const { tenant } = grant;
  // Somebody else's workspace and one that does not exist get the same answer.
  if (!tenant) return <LostWorkspacePage />;
  return (
    <WorkspaceProvider
      key={slug}
      slug={slug}
      grant={{ ...grant, tenant }}
      suspended={<SuspendedPage name={tenant.name} />}
      lost={<LostWorkspacePage />}
    >
      <Shell />
    </WorkspaceProvider>
  );
}

function Shell() {
  const { slug } = useWorkspace();
  return (
    <AppShell
      switcher={<WorkspaceSwitcher />}
      title={<WorkspaceName />}
      user={<UserButton />}
      navigation={
        <ul className="grid gap-0.5">
          <li>
            <Link to="/t/$slug/notes" params={{ slug }} className={navLink}>
              <NotebookText aria-hidden="true" />
              <Trans>Notes</Trans>
            </Link>
          </li>
          <li>
            <Link to="/t/$slug/settings" params={{ slug }} className={navLink}>
              <Settings aria-hidden="true" />
              <Trans>Settings</Trans>
            </Link>
          </li>
        </ul>
      }
    >
      <Outlet />
    </AppShell>
  );
}
