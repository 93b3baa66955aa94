import { describe, expect, it } from "vitest";
import type { Billing } from "@/api/types";
import { noticeOf } from "./notice";

const now = Date.parse("2026-05-10T12:00:00Z");
const billing = (facts: Partial<Billing>) => ({ status: "active", read_only: false, ...facts }) as Billing;

describe("what every page says about the subscription", () => {
  it.each([
    ["nothing while all is well", billing({}), undefined],
    ["nothing on the free plan", undefined, undefined],
    ["that a payment is overdue", billing({ status: "past_due" }), "past_due"],
    ["that it is read only before that", billing({ status: "past_due", read_only: true }), "read_only"],
    ["that it is paused", billing({ status: "paused" }), "paused"],
    ["that the trial ends in three days", billing({ status: "trialing", trial_end: "2026-05-13T12:00:00Z" }), "trial_ends"],
    ["nothing when it ends later", billing({ status: "trialing", trial_end: "2026-05-13T12:00:01Z" }), undefined],
    ["nothing when it was over already", billing({ trial_end: "2026-05-10T11:00:00Z" }), undefined],
    [
      "nothing when it was canceled",
      billing({ status: "trialing", trial_end: "2026-05-11T12:00:00Z", cancel_at: "2026-05-11T12:00:00Z" }),
      undefined,
    ],
  ])("%s", (_, facts, notice) => expect(noticeOf(false, facts, now)).toBe(notice));

  it("tells who may not see the billing that it is read only", () => expect(noticeOf(true, undefined, now)).toBe("read_only"));
});
