import { redirect } from "@tanstack/react-router";
import { operatorSession, userSession } from "./client";
import { Problem } from "./problem";
import type { OperatorGrant, SessionGrant } from "./types";

const isSignedOut = (error: unknown) => error instanceof Problem && error.status === 401;

/** For `beforeLoad`: the signed-in user's grant in the scope, or a redirect to signing in that comes back to `href`. */
export async function requireUser(scope: string, href: string): Promise<SessionGrant> {
  try {
    return await userSession.ensure(scope);
  } catch (error) {
    if (isSignedOut(error)) throw redirect({ to: "/sign-in", search: { next: href }, replace: true });
    throw error;
  }
}

/** The same for the operator console. */
export async function requireOperator(href: string): Promise<OperatorGrant> {
  try {
    return await operatorSession.ensure("");
  } catch (error) {
    if (isSignedOut(error)) throw redirect({ to: "/operator/sign-in", search: { next: href }, replace: true });
    throw error;
  }
}
