import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useRef } from "react";
import { CopyButton } from "@/components/copy-button";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { CurlExample } from "./curl-example";

/** The secret of a new key, which nobody can show again. */
export function SecretOnce({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useLingui();
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => notice.current?.focus(), []);
  return (
    <div className="mt-4 grid gap-4">
      <Callout ref={notice} tabIndex={-1} role="status" tone="warning" title={<Trans>Copy it now</Trans>}>
        <Trans>This is the only time that the key is shown. Keep it where you keep passwords.</Trans>
      </Callout>
      <div className="flex items-center gap-3 rounded-lg border border-line px-4 py-3">
        <code className="min-w-0 flex-1 font-mono text-sm break-all select-all">{secret}</code>
        <CopyButton variant="primary" text={secret} label={t`Copy the API key`} />
      </div>
      <CurlExample secret={secret} />
      <div className="flex justify-end">
        <Button onClick={onClose}>
          <Trans>I have kept it</Trans>
        </Button>
      </div>
    </div>
  );
}
