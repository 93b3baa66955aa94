import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";
import type { Member } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { usePageTitle } from "@/components/auth-layout";
import { RowList } from "@/components/row-list";
import { CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { MemberRow } from "./member-row";
import { membersQuery } from "./members";
import { Seats } from "./seats";

const RemoveMemberDialog = lazy(() =>
  import("./remove-member-dialog").then((module) => ({ default: module.RemoveMemberDialog })),
);

/** Who is in the workspace. `invite` is what stands at the top for who may ask others in. */
export function MembersPage({ invite }: { invite: ReactNode }) {
  const { t } = useLingui();
  const { api, can } = useWorkspace();
  const members = useInfiniteQuery(membersQuery(api));
  const [leaving, setLeaving] = useState<Member>();
  usePageTitle(t`Members`);
  const rows = members.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <CardSection
      title={<Trans>Members</Trans>}
      description={<Trans>Who can open this workspace, and what they may do.</Trans>}
      actions={invite}
    >
      {can("billing:read") && <Seats />}
      <RowList query={members} skeleton={<RowSkeleton />} skeletons={3}>
        {rows.map((member) => (
          <MemberRow key={member.user_id} member={member} onRemove={() => setLeaving(member)} />
        ))}
      </RowList>
      {leaving && (
        <Suspense>
          <RemoveMemberDialog member={leaving} onClose={() => setLeaving(undefined)} />
        </Suspense>
      )}
    </CardSection>
  );
}

function RowSkeleton() {
  return (
    <div className="flex h-16 items-center gap-3 px-5">
      <Skeleton round="full" className="size-8" />
      <div className="grid gap-1.5">
        <Skeleton className="h-3.5 w-32" />
        <Skeleton className="h-3 w-44" />
      </div>
      <Skeleton className="ml-auto h-9 w-28" />
    </div>
  );
}
