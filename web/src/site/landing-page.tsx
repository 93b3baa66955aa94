import { Trans } from "@lingui/react/macro";
import { ArrowRight } from "lucide-react";
import { buttonStyle } from "@/components/ui/button";
import { Features } from "./features";
import { Pricing } from "./pricing";
import { ProductPicture } from "./product-picture";
import { Questions } from "./questions";
import { SiteFrame } from "./site-frame";

export function LandingPage() {
  return (
    <SiteFrame>
      <section className="relative overflow-hidden border-line border-b bg-subtle">
        <div
          aria-hidden="true"
          className="pointer-events-none absolute inset-0 [background:radial-gradient(60rem_30rem_at_50%_-10rem,var(--accent-soft),transparent)]"
        />
        <div className="relative mx-auto max-w-6xl px-4 pt-16 sm:px-6 sm:pt-24">
          <div className="mx-auto max-w-3xl text-center">
            <h1 className="text-4xl leading-[1.08] font-semibold tracking-[-0.03em] sm:text-5xl">
              <Trans>Notes your whole team can rely on</Trans>
            </h1>
            <p className="mx-auto mt-5 max-w-xl text-lg text-pretty text-muted sm:text-xl sm:leading-8">
              <Trans>
                Write in one shared workspace. Every line is saved while you type, nobody overwrites anybody, and what belongs to
                your team stays with your team.
              </Trans>
            </p>
            <div className="mt-8 flex flex-wrap justify-center gap-3">
              <a href="/sign-up" data-signed-out className={buttonStyle({ variant: "primary", size: "lg" })}>
                <Trans>Start free</Trans>
                <ArrowRight aria-hidden="true" />
              </a>
              <a href="/t" data-signed-in hidden className={buttonStyle({ variant: "primary", size: "lg" })}>
                <Trans>Open the app</Trans>
                <ArrowRight aria-hidden="true" />
              </a>
              <a href="#pricing" className={buttonStyle({ size: "lg" })}>
                <Trans>See pricing</Trans>
              </a>
            </div>
            <p className="mt-4 text-sm text-muted">
              <Trans>No card needed. The free plan has no end date.</Trans>
            </p>
          </div>
          <ProductPicture />
        </div>
      </section>
      <Features />
      <Pricing />
      <Questions />
      <section className="border-line border-t">
        <div className="mx-auto flex max-w-6xl flex-col items-start gap-6 px-4 py-16 sm:px-6 md:flex-row md:items-center md:justify-between">
          <div>
            <h2 className="text-2xl font-semibold">
              <Trans>Your first note is two minutes away</Trans>
            </h2>
            <p className="mt-1 text-lg text-muted">
              <Trans>An e-mail address is all it takes to begin.</Trans>
            </p>
          </div>
          <a href="/sign-up" className={buttonStyle({ variant: "primary", size: "lg" })}>
            <Trans>Create your workspace</Trans>
            <ArrowRight aria-hidden="true" />
          </a>
        </div>
      </section>
    </SiteFrame>
  );
}
