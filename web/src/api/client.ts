import createFetchClient from "openapi-fetch";
import { asProblem, hasCode, Problem, problemOf } from "./problem";
import type { paths } from "./schema";
import { type Grant, Session } from "./session";
import type { OperatorGrant, SessionGrant } from "./types";

export type Api = ReturnType<typeof createApi>;

const timeoutMs = 20_000;

/** A typed client; every answer that is not a success is thrown as a Problem. Without a session it calls as nobody. */
export function createApi(send: (request: Request) => Promise<Response> = attempt) {
  return createFetchClient<paths>({ baseUrl: location.origin, fetch: send });
}

/** The data of a call made with a client of createApi, which throws on failure. */
export async function take<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}

/**
 * A client that acts in one scope of a session for good: a request of one workspace never goes out in another's name.
 * `onProblem` hears of every answer that is not a success, before the caller does.
 */
export function apiIn<G extends Grant>(session: Session<G>, scope: string, onProblem?: (problem: Problem) => void): Api {
  const send = async (request: Request) => {
    const { access_token } = await session.ensure(scope);
    const again = request.clone();
    try {
      return await attempt(authorized(request, access_token));
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401 || error.code === "not_a_member") throw error;
      const renewed = await session.renew(scope, access_token);
      return attempt(authorized(again, renewed.access_token));
    }
  };
  // What asks for a fresh proof of identity waits until the person has given it, and goes out again once.
  const proved = async (request: Request) => {
    const again = request.clone();
    try {
      return await send(request);
    } catch (error) {
      if (!hasCode(error, "reauthentication_required") || !(await session.prove(scope))) throw error;
      return send(again);
    }
  };
  return createApi((request) =>
    proved(request).catch((error) => {
      if (error instanceof Problem) onProblem?.(error);
      throw error;
    }),
  );
}

function authorized(request: Request, token: string): Request {
  request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}

async function attempt(request: Request): Promise<Response> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
  let response: Response;
  try {
    response = await fetch(request, { signal });
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw asProblem(error);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** The client for what needs no signed-in user: signing up and in, the plans, and renewing a session. */
export const publicApi = createApi();

const isOver = (error: unknown) => error instanceof Problem && error.status === 401;

export const userSession = new Session<SessionGrant>({
  name: "session",
  exchange: (tenant) => take(publicApi.POST("/api/v1/session/refresh", { body: { tenant } })),
  isOver,
});

export const operatorSession = new Session<OperatorGrant>({
  name: "operator",
  exchange: () => take(publicApi.POST("/api/v1/operator/session/refresh")),
  isOver,
});
