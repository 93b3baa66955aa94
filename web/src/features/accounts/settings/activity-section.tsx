import { Trans, useLingui } from "@lingui/react/macro";
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { type Api, take } from "@/api/client";
import { useWorkspace } from "@/api/workspace";
import { RowList } from "@/components/row-list";
import { EmptyState } from "@/components/states";
import { Time } from "@/components/time";
import { CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { activityText } from "./activity-text";

const activityQuery = (api: Api) =>
  infiniteQueryOptions({
    queryKey: ["me", "activity"],
    queryFn: ({ pageParam, signal }) =>
      take(api.GET("/api/v1/me/activity", { params: { query: { limit: 10, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor || undefined,
  });

/** What happened to the person's account lately, so that they notice what they did not do. */
export function ActivitySection() {
  const { i18n } = useLingui();
  const { api } = useWorkspace();
  const activity = useInfiniteQuery(activityQuery(api));
  const rows = activity.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <CardSection
      title={<Trans>Recent activity</Trans>}
      description={<Trans>What happened to your account. Was something not you? Change your password.</Trans>}
    >
      <RowList
        query={activity}
        skeleton={<RowSkeleton />}
        skeletons={4}
        empty={
          rows.length === 0 && (
            <EmptyState title={<Trans>Nothing yet</Trans>}>
              <Trans>Sign-ins and changes of your account appear here.</Trans>
            </EmptyState>
          )
        }
      >
        {rows.map(({ id, action, device, place, ip, at }) => (
          <li key={id} className="flex flex-wrap items-baseline gap-x-4 px-5 py-3">
            <span className="min-w-0 flex-1 basis-52">
              <span className="block font-medium">{activityText(i18n, action)}</span>
              <span className="block text-sm text-muted">{[device, place, ip].filter(Boolean).join(" · ")}</span>
            </span>
            <Time iso={at} className="text-sm text-muted" />
          </li>
        ))}
      </RowList>
    </CardSection>
  );
}

function RowSkeleton() {
  return (
    <div className="flex h-16 items-center justify-between px-5">
      <div className="grid gap-1.5">
        <Skeleton className="h-3.5 w-36" />
        <Skeleton className="h-3 w-48" />
      </div>
      <Skeleton className="h-3 w-20" />
    </div>
  );
}
