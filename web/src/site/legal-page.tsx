import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { SiteFrame } from "./site-frame";

type Props = { title: ReactNode; sections: readonly { title: string; text: string }[] };

/** A page of plain text under headings. */
export function LegalPage({ title, sections }: Props) {
  return (
    <SiteFrame>
      <article className="mx-auto max-w-2xl px-4 py-16 sm:px-6">
        <h1 className="text-3xl font-semibold tracking-[-0.022em]">{title}</h1>
        <p className="mt-4 rounded-lg border border-warning-line bg-warning-soft px-4 py-3 text-warning-text">
          <Trans>This is a placeholder. Replace it with a text that your lawyer has read before you open to customers.</Trans>
        </p>
        {sections.map((section) => (
          <section key={section.title} className="mt-8">
            <h2 className="text-xl font-semibold">{section.title}</h2>
            <p className="mt-2 text-lg leading-7 text-pretty text-muted">{section.text}</p>
          </section>
        ))}
      </article>
    </SiteFrame>
  );
}
