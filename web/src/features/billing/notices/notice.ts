import type { Billing } from "@/api/types";

export type Notice = "read_only" | "past_due" | "paused" | "trial_ends";

const day = 24 * 3600 * 1000;
const trialNoticeMs = 3 * day;

/**
 * What every page of the workspace says about its subscription, the gravest first. Who may not see the billing only learns
 * that the workspace is read only.
 */
export function noticeOf(readOnly: boolean, billing: Billing | undefined, now: number): Notice | undefined {
  if (readOnly || billing?.read_only) return "read_only";
  if (billing?.status === "past_due") return "past_due";
  if (billing?.status === "paused") return "paused";
  const left = billing?.trial_end && !billing.cancel_at ? Date.parse(billing.trial_end) - now : undefined;
  return left !== undefined && left > 0 && left <= trialNoticeMs ? "trial_ends" : undefined;
}
