import type { I18n } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import type { Problem } from "@/api/problem";
import { formatNumber } from "@/format";

/** What to tell a person about a problem: the server's words where it sent some, otherwise ours. */
export function problemText(i18n: I18n, problem: Problem): string {
  if (problem.status === 0) return i18n._(msg`The server cannot be reached. Check your connection and try again.`);
  if (problem.status === 429 && problem.retryAfter) {
    const seconds = formatNumber(problem.retryAfter);
    return i18n._(msg`Too many tries. Wait ${seconds} seconds and try again.`);
  }
  if (problem.code === "reauthentication_required") return i18n._(msg`Nothing was changed: confirm that it is you first.`);
  return problem.message || i18n._(msg`Something went wrong. Try again in a moment.`);
}
