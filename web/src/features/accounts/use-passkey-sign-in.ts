import { useCallback, useEffect, useRef, useState } from "react";
import { publicApi, take } from "@/api/client";
import type { PasskeyAnswer } from "@/api/passkey";
import { asProblem, hasCode, type Problem } from "@/api/problem";
import type { SessionGrant } from "@/api/types";

export type Finish = (call: Promise<SessionGrant>) => Promise<void>;

export type PasskeySignIn = {
  /** Asks for a passkey now. Undefined where the browser or the server takes none. */
  start: (() => Promise<void>) | undefined;
  /** Why the server refused a passkey that was picked from the list of saved accounts. */
  refusal: Problem | undefined;
};

// The server's challenge lives five minutes; a page that stays open gets a fresh one in time.
const renewMs = 4 * 60_000;

async function ask(conditional: boolean, signal: AbortSignal): Promise<PasskeyAnswer> {
  const [{ signWithPasskey }, { options }] = await Promise.all([
    import("@/api/passkey"),
    take(publicApi.POST("/api/v1/sign-in/passkey/options", { signal })),
  ]);
  return signWithPasskey(options, conditional, signal);
}

const signIn = (credential: PasskeyAnswer) => take(publicApi.POST("/api/v1/sign-in/passkey", { body: { credential } }));

/**
 * Lets the browser offer passkeys in the list of saved accounts while the page is shown, and gives the button for them
 * something to do. A browser runs one such ceremony at a time, so the button ends the waiting one; it waits again afterwards.
 */
export function usePasskeySignIn(finish: Finish): PasskeySignIn {
  const [round, setRound] = useState(0);
  const [off, setOff] = useState(typeof PublicKeyCredential === "undefined");
  const [refusal, setRefusal] = useState<Problem>();
  const waiting = useRef<AbortController>(undefined);
  const done = useRef(finish);
  done.current = finish;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round waits anew
  useEffect(() => {
    const controller = new AbortController();
    waiting.current = controller;
    const renewal = setTimeout(() => setRound((count) => count + 1), renewMs);
    const offer = async () => {
      const { offersPasskeys } = await import("@/api/passkey");
      return (await offersPasskeys()) && !controller.signal.aborted ? ask(true, controller.signal) : undefined;
    };
    // That nothing can be offered is nobody's concern: the other ways are there.
    const offered = offer().catch((error) => {
      if (hasCode(error, "passkeys_off")) setOff(true);
    });
    void offered
      .then((credential) => credential && done.current(signIn(credential)))
      .catch((error) => setRefusal(asProblem(error)));
    return () => {
      clearTimeout(renewal);
      controller.abort();
    };
  }, [round]);

  const start = useCallback(async () => {
    waiting.current?.abort();
    setRefusal(undefined);
    try {
      const credential = await ask(false, new AbortController().signal);
      await done.current(signIn(credential));
    } catch (error) {
      setRound((count) => count + 1);
      throw error;
    }
  }, []);
  return { start: off ? undefined : start, refusal };
}
