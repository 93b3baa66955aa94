import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef } from "react";
import { useReachedLimit } from "@/api/limit";
import { useWorkspace } from "@/api/workspace";
import { billingKey, billingQuery } from "@/features/billing/billing";
import { loadNoticeMessages } from "./messages";
import { noticeOf } from "./notice";

const NoticeBanner = lazy(async () => {
  const [module] = await Promise.all([import("./notice-banner"), loadNoticeMessages()]);
  return { default: module.NoticeBanner };
});
const LimitDialog = lazy(async () => {
  const [module] = await Promise.all([import("./limit-dialog"), loadNoticeMessages()]);
  return { default: module.LimitDialog };
});

/** What billing has to say on any page: a banner about the subscription, and what the plan lacks for what was just tried. */
export function BillingNotices() {
  const { api, tenant, can } = useWorkspace();
  const client = useQueryClient();
  const { data: billing } = useQuery({ ...billingQuery(api), enabled: can("billing:read") });
  const { limit, forget } = useReachedLimit();
  // The workspace is watched, billing is not: another plan there is news here.
  const known = `${tenant.plan} ${tenant.read_only}`;
  const seen = useRef(known);
  useEffect(() => {
    if (seen.current !== known) void client.invalidateQueries({ queryKey: billingKey });
    seen.current = known;
  }, [known, client]);
  const notice = noticeOf(tenant.read_only, billing, Date.now());
  return (
    <Suspense>
      {notice && <NoticeBanner notice={notice} billing={billing} />}
      {limit && <LimitDialog limit={limit} billing={billing} onClose={forget} />}
    </Suspense>
  );
}
