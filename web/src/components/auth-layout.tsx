import { type ReactNode, useEffect } from "react";
import { brand } from "@/brand";
import { Logo } from "./logo";

type Props = { title: string; description?: ReactNode; children?: ReactNode; footer?: ReactNode };

/** The quiet page of one card for signing up and in. */
export function AuthLayout({ title, description, children, footer }: Props) {
  usePageTitle(title);
  return (
    <div className="flex min-h-dvh flex-col bg-subtle">
      <header className="px-5 py-5 sm:px-8">
        <a href="/" className="inline-flex rounded-md">
          <Logo />
        </a>
      </header>
      <main className="flex flex-1 flex-col items-center px-4 pt-[4vh] pb-16 sm:pt-[8vh]">
        <div className="w-full max-w-[25rem] rounded-xl border border-line bg-surface p-6 shadow-card sm:p-8">
          <h1 className="text-xl font-semibold">{title}</h1>
          {description && <div className="mt-1.5 text-muted">{description}</div>}
          {children && <div className="mt-6">{children}</div>}
        </div>
        {footer && <div className="mt-5 text-center text-muted">{footer}</div>}
      </main>
    </div>
  );
}

/** Names the page in the browser's tab and history. */
export function usePageTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · ${brand.name}`;
  }, [title]);
}
