import { apiIn, take, userSession } from "@/api/client";
import type { Joinable } from "@/api/types";
import { loadInvitationsMessages } from "./messages";

/** The workspaces that are open to the address of the signed-in person. Never fails: it is an offer, nothing that anybody waits for. */
export async function loadJoinable(): Promise<Joinable[]> {
  try {
    const [{ items }] = await Promise.all([take(apiIn(userSession, "").GET("/api/v1/me/joinable")), loadInvitationsMessages()]);
    return items;
  } catch {
    return [];
  }
}
