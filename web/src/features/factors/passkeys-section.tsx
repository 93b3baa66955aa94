import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { passkeysWork } from "@/api/passkey";
import { factorsQuery, type Passkey } from "@/api/person";
import { useWorkspace } from "@/api/workspace";
import { RowList } from "@/components/row-list";
import { EmptyState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { PasskeyRow } from "./passkey-row";

const AddPasskeyDialog = lazy(() => import("./passkey-dialogs").then((module) => ({ default: module.AddPasskeyDialog })));
const RenamePasskeyDialog = lazy(() => import("./passkey-dialogs").then((module) => ({ default: module.RenamePasskeyDialog })));
const RemovePasskeyDialog = lazy(() => import("./passkey-dialogs").then((module) => ({ default: module.RemovePasskeyDialog })));

type Open = { what: "add" } | { what: "rename" | "remove"; passkey: Passkey };

/** The passkeys of the person: signing in with the lock of a device, without a password. */
export function PasskeysSection() {
  const { api } = useWorkspace();
  const factors = useQuery(factorsQuery(api));
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const passkeys = factors.data?.passkeys ?? [];
  const add = passkeysWork() && (
    <Button onClick={() => setOpen({ what: "add" })}>
      <Trans>Add a passkey</Trans>
    </Button>
  );
  return (
    <CardSection
      title={<Trans>Passkeys</Trans>}
      description={<Trans>Sign in with your fingerprint, face or device PIN. Nobody can steal or guess it from afar.</Trans>}
      actions={passkeys.length > 0 && add}
    >
      <RowList
        query={factors}
        skeleton={<RowSkeleton />}
        skeletons={1}
        empty={
          passkeys.length === 0 && (
            <EmptyState icon={<KeyRound />} title={<Trans>No passkeys yet</Trans>} action={add} className="py-10!">
              {passkeysWork() ? (
                <Trans>The quickest way in, and safer than a password.</Trans>
              ) : (
                <Trans>This browser cannot make passkeys. Open this page in another one.</Trans>
              )}
            </EmptyState>
          )
        }
      >
        {passkeys.map((passkey) => (
          <PasskeyRow
            key={passkey.id}
            passkey={passkey}
            onRename={() => setOpen({ what: "rename", passkey })}
            onRemove={() => setOpen({ what: "remove", passkey })}
          />
        ))}
      </RowList>
      <Suspense>
        {open?.what === "add" && <AddPasskeyDialog onClose={close} />}
        {open?.what === "rename" && <RenamePasskeyDialog passkey={open.passkey} onClose={close} />}
        {open?.what === "remove" && <RemovePasskeyDialog passkey={open.passkey} onClose={close} />}
      </Suspense>
    </CardSection>
  );
}

function RowSkeleton() {
  return (
    <div className="flex h-16 items-center gap-3 px-5">
      <Skeleton className="size-9" />
      <div className="grid gap-1.5">
        <Skeleton className="h-3.5 w-32" />
        <Skeleton className="h-3 w-48" />
      </div>
    </div>
  );
}
