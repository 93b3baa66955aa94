import { Trans, useLingui } from "@lingui/react/macro";
import { type ComponentType, useState } from "react";
import { publicApi, take } from "@/api/client";
import { asProblem, type Problem } from "@/api/problem";
import { keepInTab } from "@/api/tab-storage";
import { problemText } from "@/components/problem-text";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { loadProviders, useProviders } from "./providers";
import { type Finish, type PasskeySignIn, usePasskeySignIn } from "./use-passkey-sign-in";

export type OtherWaysProps = {
  /** Where to go after signing in. */
  next: string | undefined;
  /** Takes over a session that a passkey brings; without it passkeys are not offered. */
  finish?: Finish;
};

/** The module's default for React.lazy, when what it shows is known. */
export async function loadOtherWays(): Promise<{ default: ComponentType<OtherWaysProps> }> {
  await loadProviders();
  return { default: OtherWays };
}

/** The ways in besides an address and a password: a passkey, and the providers that are set up. Nothing where there are none. */
function OtherWays({ next, finish }: OtherWaysProps) {
  return finish ? <WithPasskey next={next} finish={finish} /> : <Buttons next={next} />;
}

function WithPasskey({ next, finish }: { next: string | undefined; finish: Finish }) {
  return <Buttons next={next} passkey={usePasskeySignIn(finish)} />;
}

function Buttons({ next = "", passkey }: { next: string | undefined; passkey?: PasskeySignIn }) {
  const { i18n } = useLingui();
  const providers = useProviders();
  const [going, setGoing] = useState<string>();
  const [failed, setFailed] = useState<Problem>();
  const failure = failed ?? passkey?.refusal;
  const start = passkey?.start;
  if (!start && providers.length === 0) return null;

  const go = async (way: string, run: () => Promise<unknown>) => {
    setGoing(way);
    setFailed(undefined);
    try {
      await run();
    } catch (error) {
      setFailed(asProblem(error));
    } finally {
      setGoing(undefined);
    }
  };
  const visit = async (key: string) => {
    const call = publicApi.POST("/api/v1/sign-in/providers/{key}", { params: { path: { key } }, body: { next } });
    const { url } = await take(call);
    keepInTab("next", next);
    location.assign(url);
    await new Promise(() => {}); // the page is being left
  };
  return (
    <div className="mt-5 grid gap-2.5">
      <p className="flex items-center gap-3 text-sm text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        <Trans>or</Trans>
      </p>
      {failure && (
        <Callout role="alert" tone="danger">
          {passkeyText(failure.code) ?? problemText(i18n, failure)}
        </Callout>
      )}
      {start && (
        <Button className="w-full" pending={going === "passkey"} onClick={() => void go("passkey", start)}>
          <Trans>Sign in with a passkey</Trans>
        </Button>
      )}
      {providers.map(({ key, name }) => (
        <Button key={key} className="w-full" pending={going === key} onClick={() => void go(key, () => visit(key))}>
          <Trans>Continue with {name}</Trans>
        </Button>
      ))}
    </div>
  );
}

function passkeyText(code: string) {
  if (code === "passkey_canceled") return <Trans>No passkey was used. Try again, or sign in another way.</Trans>;
  if (code === "passkey_failed") return <Trans>The passkey did not work. Try again, or sign in another way.</Trans>;
  return undefined;
}
