import { userSession } from "@/api/client";
import { rememberSignedIn } from "@/api/signed-in-hint";
import type { SessionGrant } from "@/api/types";

/** Takes over the session that signing in answered with. */
export function enter(grant: SessionGrant): void {
  userSession.adopt(grant.tenant?.slug ?? "", grant);
  rememberSignedIn();
}
