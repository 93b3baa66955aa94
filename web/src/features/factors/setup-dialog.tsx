import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { publicApi, take } from "@/api/client";
import { swapSession } from "@/api/swap-session";
import { useWorkspace } from "@/api/workspace";
import { CodeField } from "@/components/code-field";
import { CopyButton } from "@/components/copy-button";
import { Form, SubmitButton } from "@/components/form";
import { ErrorState, LoadingRows } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { CodesDialog } from "./codes-dialog";

type Props = { onDone: () => void; onClose: () => void };
type Secret = { secret: string; uri: string; qr: string };

/** Sets the app up: the secret as a picture and as text, a first code as proof, then the recovery codes. */
export function SetupDialog({ onDone, onClose }: Props) {
  const { api, slug } = useWorkspace();
  const [codes, setCodes] = useState<readonly string[]>();
  const secret = useQuery({
    queryKey: ["totp-setup"],
    queryFn: () => take(api.POST("/api/v1/me/totp")),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0, // a secret is not kept longer than it is shown
    retry: false,
  });
  if (codes) return <CodesDialog codes={codes} onClose={onClose} />;
  const confirm = async (code: string) => {
    const call = (headers: { Authorization: string }) =>
      take(publicApi.POST("/api/v1/me/totp/confirm", { body: { code }, headers }));
    const { recovery_codes } = await swapSession(slug, call, ({ session }) => session);
    onDone();
    setCodes(recovery_codes);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={<Trans>Set up an authenticator app</Trans>}
      description={<Trans>Any app for one-time codes works, and so do most password managers.</Trans>}
    >
      {secret.data ? (
        <Steps secret={secret.data} onCode={confirm} onClose={onClose} />
      ) : secret.isError ? (
        <ErrorState error={secret.error} onRetry={() => void secret.refetch()} className="pb-2!" />
      ) : (
        <LoadingRows rows={1} className="mt-5" row={<Skeleton className="h-96" />} />
      )}
    </Dialog>
  );
}

type StepsProps = { secret: Secret; onCode: (code: string) => Promise<void>; onClose: () => void };

function Steps({ secret, onCode, onClose }: StepsProps) {
  const { t } = useLingui();
  return (
    <div className="mt-5 grid gap-5">
      <section className="grid gap-3">
        <h3 className="font-medium">
          <Trans>1. Scan this with the app</Trans>
        </h3>
        <img
          src={`data:image/svg+xml;utf8,${encodeURIComponent(secret.qr)}`}
          alt={t`QR code with the key for your app`}
          className="size-44 justify-self-center rounded-md border border-line bg-[#fff] p-2"
        />
        <p className="text-sm text-pretty text-muted">
          <Trans>
            Or{" "}
            <a href={secret.uri} className="font-medium text-accent-text underline underline-offset-4">
              open the app on this device
            </a>
            , or type the key into it:
          </Trans>
        </p>
        <div className="flex items-center gap-2 rounded-md border border-line bg-subtle py-1.5 pr-1.5 pl-3">
          <code className="min-w-0 flex-1 font-mono text-sm wrap-break-word select-all">{grouped(secret.secret)}</code>
          <CopyButton text={secret.secret} label={t`Copy the key`} />
        </div>
      </section>
      <Form onSubmit={({ code = "" }) => onCode(code.replace(/\s/g, ""))}>
        <h3 className="font-medium">
          <Trans>2. Enter the code that it shows</Trans>
        </h3>
        <CodeField autoFocus />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <SubmitButton>
            <Trans>Turn on</Trans>
          </SubmitButton>
        </div>
      </Form>
    </div>
  );
}

/** A key in groups of four, as people type it. */
export function grouped(secret: string): string {
  return secret.replace(/(.{4})(?=.)/g, "$1 ");
}
