import { setupI18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { brand } from "@/brand";
import { messages as sharedMessages } from "@/locales/en.po";
import { messages as planMessages } from "@/plans/locales/en.po";
import { AppPage } from "./app-page";
import { LandingPage } from "./landing-page";
import { messages } from "./locales/en.po";
import { PrivacyPage } from "./privacy-page";
import { ReferencePage } from "./reference-page";
import { TermsPage } from "./terms-page";

type Page = { title: string; description: string; body: ReactNode };

const pages: Record<string, Page> = {
  index: {
    title: `${brand.name} · ${brand.tagline}`,
    description: "Shared notes for teams: saved while you type, never overwritten, and kept strictly apart for each workspace.",
    body: <LandingPage />,
  },
  terms: { title: `Terms · ${brand.name}`, description: `The terms of ${brand.name}.`, body: <TermsPage /> },
  privacy: {
    title: `Privacy · ${brand.name}`,
    description: `What ${brand.name} keeps about you, and why.`,
    body: <PrivacyPage />,
  },
  docs: {
    title: `API reference · ${brand.name}`,
    description: `Every operation of the ${brand.name} API, with examples to try.`,
    body: <ReferencePage />,
  },
  app: { title: brand.name, description: brand.tagline, body: <AppPage /> },
};

/** The head and the body of a page as HTML; called by the build and by the development server. */
export function renderPage(name: string): { head: string; body: string } {
  const page = pages[name];
  if (!page) throw new Error(`no public page is named ${name}`);
  const i18n = setupI18n({ locale: "en", messages: { en: { ...sharedMessages, ...planMessages, ...messages } } });
  return {
    head: renderToStaticMarkup(
      <>
        <title>{page.title}</title>
        <meta name="description" content={page.description} />
        <meta property="og:title" content={page.title} />
        <meta property="og:description" content={page.description} />
        <meta property="og:type" content="website" />
      </>,
    ),
    body: renderToStaticMarkup(<I18nProvider i18n={i18n}>{page.body}</I18nProvider>),
  };
}
