import { Trans, useLingui } from "@lingui/react/macro";
import { CopyButton } from "@/components/copy-button";
import { curl } from "./keys";

/** The first call that a program makes with a key. */
export function CurlExample({ secret }: { secret?: string }) {
  const { t } = useLingui();
  const command = curl(location.origin, secret);
  return (
    <figure className="rounded-lg border border-line bg-subtle">
      <figcaption className="flex items-center justify-between gap-3 border-line border-b py-2 pr-2 pl-4 text-sm text-muted">
        <Trans>Try it in a terminal</Trans>
        <CopyButton text={command} label={t`Copy the command`} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to be reached by keyboard */}
      <pre tabIndex={0} className="overflow-x-auto px-4 py-3 font-mono text-sm">
        {command}
      </pre>
    </figure>
  );
}
