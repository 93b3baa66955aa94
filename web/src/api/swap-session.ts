import { userSession } from "./client";
import { Problem } from "./problem";
import type { SessionGrant } from "./types";

type Headers = { Authorization: string };

/**
 * Makes a call that gives the person a new session in place of the one they have, as proving one's identity does, and goes on
 * with the new one. Make it with publicApi and the headers, for the client of a scope renews sessions on its own.
 */
export async function swapSession<T>(
  scope: string,
  call: (headers: Headers) => Promise<T>,
  grantOf: (answer: T) => SessionGrant,
) {
  let answer: T | undefined;
  const swap = () =>
    userSession.swap(scope, async (token) => {
      answer = await call({ Authorization: `Bearer ${token}` });
      return grantOf(answer);
    });
  let grant: SessionGrant;
  try {
    grant = await swap();
  } catch (error) {
    // Another tab may just have done the same, so that the token held here is of the session before.
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    await userSession.renew(scope);
    grant = await swap();
  }
  userSession.adopt(grant.tenant?.slug ?? "", grant);
  return answer as T;
}
