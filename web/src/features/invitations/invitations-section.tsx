import { Trans } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { MailPlus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Invitation } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { RowList } from "@/components/row-list";
import { EmptyState } from "@/components/states";
import { CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { InvitationRow } from "./invitation-row";
import { invitationsQuery } from "./invitations";

const RevokeDialog = lazy(() => import("./revoke-dialog").then((module) => ({ default: module.RevokeDialog })));

/** The invitations that wait for an answer, for who may see them. */
export function InvitationsSection() {
  const { api, can } = useWorkspace();
  const reads = can("invitations:read");
  const invitations = useInfiniteQuery({ ...invitationsQuery(api), enabled: reads });
  const [revoking, setRevoking] = useState<Invitation>();
  if (!reads) return null;
  const rows = invitations.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <CardSection title={<Trans>Invitations</Trans>} description={<Trans>Sent, and not accepted yet.</Trans>}>
      <RowList
        query={invitations}
        skeleton={<RowSkeleton />}
        skeletons={2}
        empty={
          rows.length === 0 && (
            <EmptyState icon={<MailPlus />} title={<Trans>Nobody is invited at the moment</Trans>} className="py-10">
              <Trans>Who you invite stands here until they accept.</Trans>
            </EmptyState>
          )
        }
      >
        {rows.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} onRevoke={() => setRevoking(invitation)} />
        ))}
      </RowList>
      {revoking && (
        <Suspense>
          <RevokeDialog invitation={revoking} onClose={() => setRevoking(undefined)} />
        </Suspense>
      )}
    </CardSection>
  );
}

function RowSkeleton() {
  return (
    <div className="flex h-16 items-center gap-3 px-5">
      <div className="grid gap-1.5">
        <Skeleton className="h-3.5 w-44" />
        <Skeleton className="h-3 w-56" />
      </div>
      <Skeleton className="ml-auto h-8 w-24" />
    </div>
  );
}
