import { Trans, useLingui } from "@lingui/react/macro";
import { createFileRoute, Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useWorkspace } from "@/api/workspace";
import { loadSettingsMessages } from "@/features/accounts/settings/messages";

export const Route = createFileRoute("/t/$slug/settings")({ loader: loadSettingsMessages, component: Page });

function Page() {
  const { t } = useLingui();
  const { slug, can } = useWorkspace();
  const tabs = useRef<HTMLElement>(null);
  const path = useLocation({ select: ({ pathname }) => pathname });
  // On narrow screens the tabs scroll: the one of this page is shown.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path is another current tab
  useEffect(() => {
    tabs.current?.querySelector("[aria-current=page]")?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [path]);
  const tab =
    "inline-flex h-10 items-center border-transparent border-b-2 px-1 font-medium whitespace-nowrap text-muted -outline-offset-2! hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink";
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto w-full max-w-4xl px-4 py-6 sm:px-8 sm:py-8">
        <h1 className="text-2xl font-semibold">
          <Trans>Settings</Trans>
        </h1>
        <nav ref={tabs} aria-label={t`Settings`} className="mt-4 flex gap-5 overflow-x-auto border-line border-b">
          <Link to="/t/$slug/settings/profile" params={{ slug }} className={tab}>
            <Trans>Profile</Trans>
          </Link>
          <Link to="/t/$slug/settings/security" params={{ slug }} className={tab}>
            <Trans>Security</Trans>
          </Link>
          <Link to="/t/$slug/settings/appearance" params={{ slug }} className={tab}>
            <Trans>Appearance</Trans>
          </Link>
          <span aria-hidden="true" className="my-2.5 w-px shrink-0 bg-line" />
          <Link to="/t/$slug/settings/workspace" params={{ slug }} className={tab}>
            <Trans>Workspace</Trans>
          </Link>
          <Link to="/t/$slug/settings/members" params={{ slug }} className={tab}>
            <Trans>Members</Trans>
          </Link>
          {can("members:read") && (
            <Link to="/t/$slug/settings/roles" params={{ slug }} className={tab}>
              <Trans>Roles</Trans>
            </Link>
          )}
          {can("domains:read") && (
            <Link to="/t/$slug/settings/domains" params={{ slug }} className={tab}>
              <Trans>Domains</Trans>
            </Link>
          )}
          {can("api-keys:read") && (
            <Link to="/t/$slug/settings/api-keys" params={{ slug }} className={tab}>
              <Trans>API keys</Trans>
            </Link>
          )}
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
