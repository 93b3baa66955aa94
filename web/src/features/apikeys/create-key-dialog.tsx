import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { take } from "@/api/client";
import { Problem } from "@/api/problem";
import { rolesQuery } from "@/api/roles";
import { useWorkspace } from "@/api/workspace";
import { Field, Form, SubmitButton } from "@/components/form";
import { PermissionGrid } from "@/components/permission-grid";
import { ErrorState, LoadingRows } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { expiryOf, isExpiryChoice } from "./expiry";
import { ExpiryField } from "./expiry-field";
import { keysKey } from "./keys";
import { SecretOnce } from "./secret-once";

/** Makes a key, and shows its secret this one time. */
export function CreateKeyDialog({ onClose }: { onClose: () => void }) {
  const [secret, setSecret] = useState<string>();
  return (
    <Dialog
      wide
      open
      onOpenChange={(open) => !open && onClose()}
      title={secret ? <Trans>Your new API key</Trans> : <Trans>New API key</Trans>}
      description={!secret && <Trans>It can do what you choose here, as long as you may do it yourself.</Trans>}
    >
      {secret ? <SecretOnce secret={secret} onClose={onClose} /> : <KeyForm onMade={setSecret} onClose={onClose} />}
    </Dialog>
  );
}

function KeyForm({ onMade, onClose }: { onMade: (secret: string) => void; onClose: () => void }) {
  const { t } = useLingui();
  const { api, tenant } = useWorkspace();
  const client = useQueryClient();
  const roles = useQuery(rolesQuery(api));
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set());
  if (roles.isError && !roles.data) return <ErrorState error={roles.error} onRetry={() => void roles.refetch()} />;
  // What administers the workspace is for owners to give to a program.
  const everyday = roles.data?.items.find(({ id }) => id === "member")?.permissions ?? [];
  const own = tenant.role === "owner" ? tenant.permissions : tenant.permissions.filter((key) => everyday.includes(key));

  const make = async ({ name = "", expiry = "", date = "" }: Record<string, string>) => {
    if (scopes.size === 0) throw new Problem(422, { detail: t`Choose at least one scope.` });
    const expires_at = isExpiryChoice(expiry) ? expiryOf(expiry, date) : undefined;
    const body = { name, scopes: [...scopes], ...(expires_at && { expires_at }) };
    const { secret } = await take(api.POST("/api/v1/api-keys", { body }));
    void client.invalidateQueries({ queryKey: keysKey });
    onMade(secret);
  };

  return (
    <Form onSubmit={make} className="mt-5 grid gap-5">
      <Field name="name" label={<Trans>Name</Trans>} hint={<Trans>What the key is for, so that you know it again.</Trans>}>
        {(control) => (
          <Input {...control} required autoFocus autoComplete="off" maxLength={100} placeholder={t`Nightly import`} />
        )}
      </Field>
      <ExpiryField />
      <section aria-labelledby="scopes" className="grid gap-3">
        <h3 id="scopes" className="font-medium">
          <Trans>Scopes</Trans>
        </h3>
        {roles.data ? (
          <div className="rounded-lg border border-line p-4">
            <PermissionGrid permissions={roles.data.permissions} own={own} value={scopes} onChange={setScopes} />
          </div>
        ) : (
          <LoadingRows rows={4} row={<Skeleton className="mb-2 h-9" />} />
        )}
        {tenant.role !== "owner" && (
          <p className="text-sm text-muted">
            <Trans>Only an owner can give a key what administers the workspace.</Trans>
          </p>
        )}
      </section>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <SubmitButton disabled={!roles.data}>
          <Trans>Create API key</Trans>
        </SubmitButton>
      </div>
    </Form>
  );
}
