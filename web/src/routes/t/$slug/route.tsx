import { Trans } from "@lingui/react/macro";
import { createFileRoute, Link, Outlet, redirect, useLocation, useRouter } from "@tanstack/react-router";
import { NotebookText, Settings } from "lucide-react";
import { lazy, Suspense, useEffect } from "react";
import { userSession } from "@/api/client";
import { requireUser } from "@/api/guard";
import { useWorkspace, WorkspaceProvider } from "@/api/workspace";
import { AppShell, navLink } from "@/components/app-shell";
import { PendingPage } from "@/components/full-page";
import { loadSettingsMessages } from "@/features/accounts/settings/messages";
import { loadShellMessages } from "@/features/accounts/shell/messages";
import { UserButton } from "@/features/accounts/shell/user-button";
import { WorkspaceName, WorkspaceSwitcher } from "@/features/accounts/shell/workspace-switcher";

export const Route = createFileRoute("/t/$slug")({
  beforeLoad: async ({ params, location }) => {
    const grant = await requireUser(params.slug, location.href);
    const { tenant } = grant;
    // An address that the workspace had before leads to it.
    if (tenant && tenant.slug !== params.slug)
      throw redirect({ href: movedTo(location.href, params.slug, tenant.slug), replace: true });
    return { grant };
  },
  loader: loadShellMessages,
  component: Page,
});

const Lost = lazy(() =>
  import("@/features/accounts/shell/lost-workspace-page").then((module) => ({ default: module.LostWorkspacePage })),
);
const Suspended = lazy(() =>
  import("@/features/accounts/shell/suspended-page").then((module) => ({ default: module.SuspendedPage })),
);

const loadGate = async () => {
  const [gate] = await Promise.all([import("@/features/accounts/settings/second-factor-gate"), loadSettingsMessages()]);
  return gate;
};
const SecondFactorGate = lazy(() => loadGate().then((gate) => ({ default: gate.SecondFactorGate })));
const SecondFactorBanner = lazy(() => loadGate().then((gate) => ({ default: gate.SecondFactorBanner })));

const BillingNotices = lazy(() =>
  import("@/features/billing/notices/notices").then((module) => ({ default: module.BillingNotices })),
);

const movedTo = (href: string, from: string, to: string) => href.replace(`/t/${from}`, `/t/${to}`);

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
  const lost = (
    <Suspense fallback={<PendingPage />}>
      <Lost />
    </Suspense>
  );
  // Somebody else's workspace and one that does not exist get the same answer.
  if (!tenant) return lost;
  return (
    <WorkspaceProvider
      key={slug}
      slug={slug}
      grant={{ ...grant, tenant }}
      suspended={
        <Suspense fallback={<PendingPage />}>
          <Suspended name={tenant.name} />
        </Suspense>
      }
      lost={lost}
    >
      <Shell />
    </WorkspaceProvider>
  );
}

function Shell() {
  const { slug, tenant, locked } = useWorkspace();
  const { history } = useRouter();
  // Somebody has just given the workspace another address: the page goes along.
  useEffect(() => {
    if (tenant.slug !== slug) history.replace(movedTo(history.location.href, slug, tenant.slug));
  }, [tenant.slug, slug, history]);
  const setup = useLocation({ select: ({ pathname }) => pathname.endsWith("/settings/security") });
  // Where a second factor is set up stays open, and as it is when the lock opens: it may be showing recovery codes.
  if (locked && !setup)
    return (
      <Suspense fallback={<PendingPage />}>
        <SecondFactorGate />
      </Suspense>
    );
  const banner = <Suspense>{locked ? <SecondFactorBanner /> : <BillingNotices />}</Suspense>;
  return (
    <AppShell
      banner={banner}
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
