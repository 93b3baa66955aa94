import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { take } from "@/api/client";
import { type Factors, factorsQuery, meKey } from "@/api/person";
import { tenantKey, useWorkspace } from "@/api/workspace";
import { ItemRow } from "@/components/row-list";
import { ErrorState, LoadingRows } from "@/components/states";
import { toast } from "@/components/toast";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { formatDate } from "@/format";

const ConfirmDialog = lazy(() => import("@/components/confirm-dialog").then((module) => ({ default: module.ConfirmDialog })));
const SetupDialog = lazy(() => import("./setup-dialog").then((module) => ({ default: module.SetupDialog })));
const CodesDialog = lazy(() => import("./codes-dialog").then((module) => ({ default: module.CodesDialog })));

type Open = { what: "setup" | "renew" | "off" } | { what: "codes"; codes: readonly string[] };

/** The second factor: codes of an authenticator app, and the recovery codes for when the device is gone. */
export function AuthenticatorSection() {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  const factors = useQuery(factorsQuery(api));
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const refresh = () => {
    void client.invalidateQueries({ queryKey: meKey });
    void client.invalidateQueries({ queryKey: tenantKey }); // a workspace may have waited for this
  };

  const turnOff = async () => {
    await api.DELETE("/api/v1/me/totp");
    refresh();
    toast(t`The second factor is off`);
    close();
  };
  const renew = async () => {
    const { recovery_codes } = await take(api.POST("/api/v1/me/recovery-codes"));
    refresh();
    setOpen({ what: "codes", codes: recovery_codes });
  };
  return (
    <CardSection
      title={
        <span className="flex flex-wrap items-center gap-2">
          <Trans>Authenticator app</Trans>
          {factors.data?.totp && (
            <Badge tone="success">
              <Trans>On</Trans>
            </Badge>
          )}
        </span>
      }
      description={
        <Trans>
          After your password we ask for six digits that an app on your phone shows. A stolen password alone opens nothing then.
        </Trans>
      }
      actions={factors.data && !factors.data.totp && <SetUpButton onClick={() => setOpen({ what: "setup" })} />}
    >
      {factors.isPending ? (
        <LoadingRows rows={1} className="border-line border-t p-5" row={<Skeleton className="h-9" />} />
      ) : factors.isError && !factors.data ? (
        <ErrorState error={factors.error} onRetry={() => void factors.refetch()} className="border-line border-t" />
      ) : (
        factors.data?.totp && <WhenOn factors={factors.data} onOpen={(what) => setOpen({ what })} />
      )}
      <Suspense>
        {open?.what === "setup" && <SetupDialog onDone={refresh} onClose={close} />}
        {open?.what === "codes" && <CodesDialog codes={open.codes} onClose={close} />}
        {open?.what === "renew" && (
          <ConfirmDialog
            title={<Trans>Make new recovery codes?</Trans>}
            description={<Trans>The codes that you have now stop working at once.</Trans>}
            confirm={<Trans>Make new codes</Trans>}
            danger={false}
            onConfirm={renew}
            onClose={close}
          />
        )}
        {open?.what === "off" && (
          <ConfirmDialog
            title={<Trans>Turn off the second factor?</Trans>}
            description={<Trans>Your password alone is enough then, and your recovery codes are gone.</Trans>}
            confirm={<Trans>Turn off</Trans>}
            onConfirm={turnOff}
            onClose={close}
          />
        )}
      </Suspense>
    </CardSection>
  );
}

function SetUpButton({ onClick }: { onClick: () => void }) {
  return (
    <Button variant="primary" onClick={onClick}>
      <Trans>Set up</Trans>
    </Button>
  );
}

const fewCodes = 3;

function WhenOn({ factors, onOpen }: { factors: Factors; onOpen: (what: "renew" | "off") => void }) {
  const left = factors.recovery_codes_left;
  const since = factors.totp_since && formatDate(factors.totp_since);
  return (
    <ul className="divide-y divide-line border-line border-t">
      <ItemRow
        name={<Trans>Codes of the app</Trans>}
        actions={
          <Button variant="quietDanger" size="sm" onClick={() => onOpen("off")}>
            <Trans>Turn off</Trans>
          </Button>
        }
      >
        {since ? <Trans>On since {since}</Trans> : <Trans>On</Trans>}
      </ItemRow>
      <ItemRow
        name={<Trans>Recovery codes</Trans>}
        actions={
          <Button size="sm" onClick={() => onOpen("renew")}>
            <Trans>Make new codes</Trans>
          </Button>
        }
      >
        <span className={left < fewCodes ? "font-medium text-danger-text" : undefined}>
          {left === 1 ? <Trans>1 of 10 left</Trans> : <Trans>{left} of 10 left</Trans>}
        </span>
      </ItemRow>
    </ul>
  );
}
