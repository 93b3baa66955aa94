import { i18n } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import { problemText } from "@/components/problem-text";
import { toast } from "@/components/toast";
import { publicApi, userSession } from "./client";
import { dropDrafts } from "./drafts";
import { asProblem } from "./problem";
import { forgetSignedIn } from "./signed-in-hint";

/** Ends the session at the server and in every tab, then leaves with a fresh page, so that nothing stays in memory. */
export async function signOut(then = "/sign-in"): Promise<void> {
  try {
    await publicApi.POST("/api/v1/sign-out");
  } catch (error) {
    toast(i18n._(msg`You are still signed in`), { tone: "danger", description: problemText(i18n, asProblem(error)) });
    return;
  }
  dropDrafts();
  forgetSignedIn();
  userSession.end();
  location.assign(then);
}
