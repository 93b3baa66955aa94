import { i18n } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { publicApi, userSession } from "@/api/client";
import { dropDrafts } from "@/api/drafts";
import { asProblem } from "@/api/problem";
import { problemText } from "@/components/problem-text";
import { toast } from "@/components/toast";
import { forgetSignedIn } from "./signed-in-hint";

/** Ends the session at the server and in every tab, then leaves with a fresh page, so that nothing stays in memory. */
export async function signOut(): Promise<void> {
  try {
    await publicApi.POST("/api/v1/sign-out");
  } catch (error) {
    toast(i18n._(msg`You are still signed in`), { tone: "danger", description: problemText(i18n, asProblem(error)) });
    return;
  }
  dropDrafts();
  forgetSignedIn();
  userSession.end();
  location.assign("/sign-in");
}
