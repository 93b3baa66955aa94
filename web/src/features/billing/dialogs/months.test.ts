import { describe, expect, it } from "vitest";
import type { Plan } from "@/api/types";
import { monthsFrom } from "./months";
import { overFree } from "./over-free";

describe("months later", () => {
  it.each([
    ["2026-05-10T08:00:00.000Z", 1, "2026-06-10T08:00:00.000Z"],
    ["2026-01-31T08:00:00.000Z", 1, "2026-02-28T08:00:00.000Z"],
    ["2026-11-30T08:00:00.000Z", 3, "2027-02-28T08:00:00.000Z"],
  ])("%s and %i is %s", (start, months, end) => expect(monthsFrom(new Date(start), months).toISOString()).toBe(end));
});

describe("what is over the free plan", () => {
  const free = {
    limits: [
      { key: "notes.max", label: "Notes", kind: "limit", limit: 10 },
      { key: "members.max", label: "Members", kind: "limit", limit: 5 },
      { key: "api.calls", label: "API calls", kind: "meter", limit: 1000 },
    ],
  } as Plan;
  it("is what has no room for one more, with the free plan's limit", () => {
    const usage = [
      { key: "notes.max", label: "Notes", used: 12, limit: 1000 },
      { key: "members.max", label: "Members", used: 4, limit: -1 },
      { key: "api.calls", label: "API calls", used: 5000, limit: -1 },
    ];
    expect(overFree(free, usage)).toEqual([{ key: "notes.max", label: "Notes", used: 12, limit: 10 }]);
  });
});
