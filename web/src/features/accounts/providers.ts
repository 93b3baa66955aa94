import { useEffect, useState } from "react";
import { publicApi, take } from "@/api/client";
import type { Provider } from "@/api/person";

// A page that is there at once beats one that knows every button from the start.
const patienceMs = 300;

let known: readonly Provider[] = [];
let asked: Promise<void> | undefined;

/** Asks for the providers that people can sign in with. Without an answer there are none: a password works all the same. */
function ask(): Promise<void> {
  asked ??= take(publicApi.GET("/api/v1/sign-in/providers")).then(
    ({ items }) => {
      known = items;
    },
    () => {
      asked = undefined;
    },
  );
  return asked;
}

/** Waits for the providers a moment, so that the page does not move when they come. */
export const loadProviders = (): Promise<unknown> =>
  Promise.race([ask(), new Promise((resolve) => setTimeout(resolve, patienceMs))]);

export function useProviders(): readonly Provider[] {
  const [providers, setProviders] = useState(known);
  useEffect(() => {
    void ask().then(() => setProviders(known));
  }, []);
  return providers;
}
