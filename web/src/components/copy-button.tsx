import { Trans, useLingui } from "@lingui/react/macro";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { toast } from "./toast";
import { Button } from "./ui/button";

const shownMs = 2_000;

type Props = { text: string /** What is copied, for screen readers. */; label: string; variant?: "primary" | "secondary" };

/** Copies a text, and says for a moment that it did. */
export function CopyButton({ text, label, variant }: Props) {
  const { t } = useLingui();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), shownMs);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      toast(t`The browser did not allow copying`, { tone: "danger", description: t`Select the text and copy it yourself.` });
    }
  };
  return (
    <Button size="sm" variant={variant} onClick={() => void copy()} aria-label={label}>
      {copied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
      <span aria-hidden="true">{copied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}</span>
      <span role="status" className="sr-only">
        {copied && <Trans>Copied</Trans>}
      </span>
    </Button>
  );
}
