import { Trans, useLingui } from "@lingui/react/macro";
import { createFileRoute, Link, Outlet } from "@tanstack/react-router";
import { useWorkspace } from "@/api/workspace";

export const Route = createFileRoute("/t/$slug/settings")({ component: Page });

function Page() {
  const { t } = useLingui();
  const { slug, can } = useWorkspace();
  const tab =
    "inline-flex h-10 items-center border-transparent border-b-2 px-1 font-medium whitespace-nowrap text-muted -outline-offset-2! hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink";
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto w-full max-w-4xl px-4 py-6 sm:px-8 sm:py-8">
        <h1 className="text-2xl font-semibold">
          <Trans>Settings</Trans>
        </h1>
        <nav aria-label={t`Settings`} className="mt-4 flex gap-5 overflow-x-auto border-line border-b">
          <Link to="/t/$slug/settings/profile" params={{ slug }} className={tab}>
            <Trans>Profile</Trans>
          </Link>
          <Link to="/t/$slug/settings/appearance" params={{ slug }} className={tab}>
            <Trans>Appearance</Trans>
          </Link>
          <Link to="/t/$slug/settings/members" params={{ slug }} className={tab}>
            <Trans>Members</Trans>
          </Link>
          {can("billing:read") && (
            <Link to="/t/$slug/settings/billing" params={{ slug }} className={tab}>
              <Trans>Billing</Trans>
            </Link>
          )}
        </nav>
        <div className="mt-6 grid gap-6">
          <Outlet />
        </div>
      </div>
    </div>
  );
}
