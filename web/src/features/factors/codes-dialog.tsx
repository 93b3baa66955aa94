import { Trans, useLingui } from "@lingui/react/macro";
import { Download } from "lucide-react";
import { useWorkspace } from "@/api/workspace";
import { brand } from "@/brand";
import { CopyButton } from "@/components/copy-button";
import { Button, buttonStyle } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";

/** Shows recovery codes, the one time that they can be seen. */
export function CodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const { t } = useLingui();
  const { user } = useWorkspace();
  const { name } = brand;
  const email = user.email;
  const file = [t`Recovery codes of ${email} for ${name}. Each works once.`, "", ...codes, ""].join("\n");
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={<Trans>Keep your recovery codes</Trans>}
      description={
        <Trans>
          Without your phone you get in with one of these. Each works once. Keep them where you keep your passwords: they are
          shown only now.
        </Trans>
      }
    >
      <ul
        aria-label={t`Recovery codes`}
        className="mt-5 grid grid-cols-2 gap-x-6 gap-y-1.5 rounded-lg border border-line bg-subtle p-4"
      >
        {codes.map((code) => (
          <li key={code} className="text-center font-mono select-all">
            {code}
          </li>
        ))}
      </ul>
      <div className="mt-5 flex flex-wrap items-center gap-2">
        <CopyButton text={codes.join("\n")} label={t`Copy the codes`} />
        <a
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(file)}`}
          download={`${name.toLowerCase()}-recovery-codes.txt`}
          className={buttonStyle({ size: "sm" })}
        >
          <Download aria-hidden="true" />
          <Trans>Download</Trans>
        </a>
        <Button variant="primary" className="ml-auto" onClick={onClose}>
          <Trans>I have kept them</Trans>
        </Button>
      </div>
    </Dialog>
  );
}
