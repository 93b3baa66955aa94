import { Trans, useLingui } from "@lingui/react/macro";
import { useLocation } from "@tanstack/react-router";
import { Menu as MenuIcon } from "lucide-react";
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { cn } from "./ui/cn";

const Dialog = lazy(() => import("./ui/dialog").then(({ Dialog }) => ({ default: Dialog })));

type Props = {
  /** At the top of the sidebar. */
  switcher: ReactNode;
  navigation: ReactNode;
  /** At the foot of the sidebar. */
  user: ReactNode;
  /** In the bar that narrow screens have instead of the sidebar. */
  title: ReactNode;
  banner?: ReactNode;
  children: ReactNode;
};

/** The frame of the signed-in pages: a sidebar on wide screens, a bar with a drawer on narrow ones. */
export function AppShell({ switcher, navigation, user, title, banner, children }: Props) {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  const path = useLocation({ select: (location) => location.pathname });
  const opened = useRef(path);
  useEffect(() => {
    if (opened.current !== path) setOpen(false);
    opened.current = path;
  }, [path]);
  const sidebar = (
    <div className="flex min-h-0 flex-1 flex-col gap-4 p-3">
      {switcher}
      <nav aria-label={t`Main`} className="min-h-0 flex-1 overflow-y-auto">
        {navigation}
      </nav>
      {user}
    </div>
  );
  return (
    <div className="flex min-h-dvh flex-col md:h-dvh md:flex-row">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-accent px-3 py-2 font-medium text-accent-ink focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        <Trans>Skip to the content</Trans>
      </a>
      <aside className="hidden w-60 shrink-0 flex-col border-line border-r bg-subtle md:flex">{sidebar}</aside>
      <header className="sticky top-0 z-30 flex h-14 items-center gap-1 border-line border-b bg-canvas px-2 md:hidden">
        <button
          type="button"
          aria-label={t`Open the menu`}
          aria-haspopup="dialog"
          onClick={() => setOpen(true)}
          className="inline-flex size-10 items-center justify-center rounded-md text-muted hover:bg-hover"
        >
          <MenuIcon aria-hidden="true" className="size-5" />
        </button>
        <span className="min-w-0 flex-1 truncate font-semibold">{title}</span>
      </header>
      {open && (
        <Suspense>
          <Dialog side open onOpenChange={setOpen} title={t`Menu`}>
            {sidebar}
          </Dialog>
        </Suspense>
      )}
      <div className="flex min-w-0 flex-1 flex-col">
        {banner}
        <main id="content" tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
          {children}
        </main>
      </div>
    </div>
  );
}

/** The look of a link of the sidebar; the router marks the current one with aria-current. */
export const navLink = cn(
  "flex h-9 items-center gap-2.5 rounded-md px-2.5 font-medium text-muted hover:bg-hover hover:text-ink md:h-8",
  "aria-[current=page]:bg-active aria-[current=page]:text-ink [&_svg]:size-4 [&_svg]:shrink-0",
);
