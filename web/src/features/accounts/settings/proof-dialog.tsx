import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { apiIn, take, userSession } from "@/api/client";
import { passkeysWork } from "@/api/passkey";
import { factorsQuery, type Identity, identitiesQuery, type Me, meQuery } from "@/api/person";
import { asProblem, type Problem } from "@/api/problem";
import { CodeField } from "@/components/code-field";
import { Field, Form, SubmitButton } from "@/components/form";
import { PasswordInput } from "@/components/password-input";
import { problemText } from "@/components/problem-text";
import { ErrorState, LoadingRows } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Dialog } from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { proveBy, proveByPasskey } from "./proof";

type Props = { scope: string; onClose: (proved: boolean) => void };

/** "Confirm that it is you": by what the person has, before something that a stolen open browser must not do. */
export function ProofDialog({ scope, onClose }: Props) {
  const [api] = useState(() => apiIn(userSession, scope));
  const me = useQuery(meQuery(api));
  const factors = useQuery(factorsQuery(api));
  const identities = useQuery(identitiesQuery(api));
  // The form stays when it is there, also when what it was made of is asked for again and fails.
  const known = factors.isFetched && identities.isFetched;
  const proved = () => onClose(true);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose(false)}
      title={<Trans>Confirm that it is you</Trans>}
      description={<Trans>You are about to change something important, so we ask once more.</Trans>}
    >
      <div className="mt-5">
        {known && me.data ? (
          <Ways
            scope={scope}
            me={me.data}
            passkeys={passkeysWork() && (factors.data?.passkeys.length ?? 0) > 0}
            identities={identities.data?.items ?? []}
            onProved={proved}
          />
        ) : me.isError ? (
          <ErrorState error={me.error} onRetry={() => void me.refetch()} className="py-4!" />
        ) : (
          <LoadingRows rows={2} className="grid gap-3" row={<Skeleton className="h-9" />} />
        )}
      </div>
    </Dialog>
  );
}

type WaysProps = { scope: string; me: Me; passkeys: boolean; identities: Identity[]; onProved: () => void };

function Ways({ scope, me, passkeys, identities, onProved }: WaysProps) {
  const typed = me.second_factor || me.has_password;
  // A provider tells who somebody is; whoever has a second factor shows that.
  const providers = me.second_factor ? [] : identities;
  return (
    <div className="grid gap-3">
      {typed && <TypedProof scope={scope} me={me} onProved={onProved} />}
      {(passkeys || providers.length > 0) && (
        <OtherProofs scope={scope} passkeys={passkeys} providers={providers} onProved={onProved} />
      )}
      {!typed && !passkeys && providers.length === 0 && (
        <p className="text-pretty">
          <Trans>
            There is nothing yet that you could confirm with. Sign out, choose “Forgot it?” on the sign-in page and set a
            password.
          </Trans>
        </p>
      )}
    </div>
  );
}

function TypedProof({ scope, me, onProved }: Pick<WaysProps, "scope" | "me" | "onProved">) {
  const [recovery, setRecovery] = useState(false);
  return (
    <>
      <Form
        key={recovery ? "recovery" : "code"}
        onSubmit={async ({ password = "", code = "" }) => {
          await proveBy(scope, me.second_factor ? { code: code.trim() } : { password });
          onProved();
        }}
      >
        {me.second_factor ? (
          <CodeField recovery={recovery} autoFocus />
        ) : (
          <>
            {/* Tells password managers whose password is wanted. */}
            <input autoComplete="username" value={me.email} readOnly tabIndex={-1} aria-hidden="true" className="sr-only" />
            <Field name="password" label={<Trans>Password</Trans>}>
              {(control) => <PasswordInput {...control} autoComplete="current-password" required autoFocus />}
            </Field>
          </>
        )}
        <SubmitButton className="w-full">
          <Trans>Confirm</Trans>
        </SubmitButton>
      </Form>
      {me.second_factor && (
        <Button variant="link" onClick={() => setRecovery(!recovery)}>
          {recovery ? <Trans>Use the authenticator app</Trans> : <Trans>Use a recovery code</Trans>}
        </Button>
      )}
    </>
  );
}

type OtherProps = Pick<WaysProps, "scope" | "passkeys" | "onProved"> & { providers: Identity[] };

function OtherProofs({ scope, passkeys, providers, onProved }: OtherProps) {
  const { i18n } = useLingui();
  const [going, setGoing] = useState<string>();
  const [failure, setFailure] = useState<Problem>();
  const go = async (way: string, run: () => Promise<void>) => {
    setGoing(way);
    setFailure(undefined);
    try {
      await run();
      onProved();
    } catch (error) {
      setFailure(asProblem(error));
    } finally {
      setGoing(undefined);
    }
  };
  const visit = async (key: string) => {
    const api = apiIn(userSession, scope);
    const next = location.pathname + location.search;
    const call = api.POST("/api/v1/session/reauthenticate/{key}", { params: { path: { key } }, body: { next } });
    location.assign((await take(call)).url);
    await new Promise(() => {}); // the page is being left
  };
  return (
    <>
      {failure && (
        <Callout role="alert" tone="danger">
          {explain(failure) ?? problemText(i18n, failure)}
        </Callout>
      )}
      {passkeys && (
        <Button className="w-full" pending={going === "passkey"} onClick={() => void go("passkey", () => proveByPasskey(scope))}>
          <Trans>Confirm with a passkey</Trans>
        </Button>
      )}
      {providers.map(({ id, provider, provider_name: name }) => (
        <Button key={id} className="w-full" pending={going === id} onClick={() => void go(id, () => visit(provider))}>
          <Trans>Confirm with {name}</Trans>
        </Button>
      ))}
      {providers.length > 0 && (
        <p className="text-sm text-pretty text-muted">
          <Trans>A provider opens its own page. You come back here and do again what you were about to do.</Trans>
        </p>
      )}
    </>
  );
}

function explain({ code }: Problem) {
  if (code === "passkey_canceled") return <Trans>No passkey was used. Try again, or choose another way.</Trans>;
  if (code === "passkey_failed") return <Trans>The passkey did not work. Try again, or choose another way.</Trans>;
  return undefined;
}
