import { apiIn, publicApi, take, userSession } from "@/api/client";
import { swapSession } from "@/api/swap-session";
import type { SessionGrant } from "@/api/types";

export type Proof = { password: string } | { code: string };

const itself = (grant: SessionGrant) => grant;

export async function proveBy(scope: string, proof: Proof): Promise<void> {
  const call = (headers: { Authorization: string }) =>
    take(publicApi.POST("/api/v1/session/reauthenticate", { body: proof, headers }));
  await swapSession(scope, call, itself);
}

export async function proveByPasskey(scope: string): Promise<void> {
  const { signWithPasskey } = await import("@/api/passkey");
  const api = apiIn(userSession, scope);
  const { options } = await take(api.POST("/api/v1/session/reauthenticate/passkey/options"));
  const credential = await signWithPasskey(options);
  const call = (headers: { Authorization: string }) =>
    take(publicApi.POST("/api/v1/session/reauthenticate/passkey", { body: { credential }, headers }));
  await swapSession(scope, call, itself);
}
