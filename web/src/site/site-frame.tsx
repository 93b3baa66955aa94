import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { brand } from "@/brand";
import { Logo } from "@/components/logo";
import { buttonStyle } from "@/components/ui/button";

const navLink = "rounded-sm font-medium text-muted hover:text-ink";

type Props = { children: ReactNode /** False for a page whose content brings its own main landmark. */; main?: boolean };

/** Header and footer of the public pages. */
export function SiteFrame({ children, main = true }: Props) {
  const Content = main ? "main" : "div";
  const { t } = useLingui();
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="sticky top-0 z-30 border-line border-b bg-canvas/90 backdrop-blur">
        <div className="mx-auto flex h-15 max-w-6xl items-center gap-4 px-4 sm:px-6">
          <a href="/" className="rounded-md">
            <Logo />
          </a>
          <nav aria-label={t`Main`} className="ml-6 hidden flex-1 gap-6 md:flex">
            <a href="/#features" className={navLink}>
              <Trans>Features</Trans>
            </a>
            <a href="/#pricing" className={navLink}>
              <Trans>Pricing</Trans>
            </a>
            <a href="/api/docs" className={navLink}>
              <Trans>API</Trans>
            </a>
          </nav>
          <div className="ml-auto flex items-center gap-1.5">
            <a href="/sign-in" data-signed-out className={buttonStyle({ variant: "ghost", size: "sm" })}>
              <Trans>Sign in</Trans>
            </a>
            <a href="/sign-up" data-signed-out className={buttonStyle({ variant: "primary", size: "sm" })}>
              <Trans>Start free</Trans>
            </a>
            <a href="/t" data-signed-in hidden className={buttonStyle({ variant: "primary", size: "sm" })}>
              <Trans>Open the app</Trans>
            </a>
          </div>
        </div>
      </header>
      <Content className="flex-1">{children}</Content>
      <SiteFooter />
    </div>
  );
}

function SiteFooter() {
  const { t } = useLingui();
  const { company } = brand;
  const year = new Date().getUTCFullYear();
  return (
    <footer className="border-line border-t bg-subtle">
      <div className="mx-auto flex max-w-6xl flex-col gap-6 px-4 py-10 sm:px-6 md:flex-row md:items-center">
        <div className="flex-1">
          <Logo />
          <p className="mt-2 text-sm text-muted">
            <Trans>
              © {year} {company}
            </Trans>
          </p>
        </div>
        <nav aria-label={t`Footer`} className="flex flex-wrap gap-x-6 gap-y-2">
          <a href="/terms" className={navLink}>
            <Trans>Terms</Trans>
          </a>
          <a href="/privacy" className={navLink}>
            <Trans>Privacy</Trans>
          </a>
          <a href="/api/docs" className={navLink}>
            <Trans>API reference</Trans>
          </a>
          <a href={`mailto:${brand.supportEmail}`} className={navLink}>
            <Trans>Support</Trans>
          </a>
        </nav>
        <button type="button" data-theme-toggle className={buttonStyle({ size: "sm" })}>
          <Trans>Light or dark</Trans>
        </button>
      </div>
    </footer>
  );
}
