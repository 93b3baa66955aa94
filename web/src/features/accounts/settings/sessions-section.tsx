import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useWorkspace } from "@/api/workspace";
import { RowList } from "@/components/row-list";
import { toast } from "@/components/toast";
import { Button } from "@/components/ui/button";
import { CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { SessionRow } from "./session-row";
import { sessionsKey, sessionsQuery } from "./sessions";

const ConfirmDialog = lazy(() => import("@/components/confirm-dialog").then((module) => ({ default: module.ConfirmDialog })));

/** Where the person is signed in. There is always one: this browser. */
export function SessionsSection() {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  const sessions = useQuery(sessionsQuery(api));
  const [asking, setAsking] = useState(false);
  const endOthers = async () => {
    await api.POST("/api/v1/me/sessions/end-others");
    void client.invalidateQueries({ queryKey: sessionsKey });
    toast(t`Signed out everywhere else`, { tone: "success" });
    setAsking(false);
  };
  return (
    <CardSection
      title={<Trans>Sessions</Trans>}
      description={<Trans>Where you are signed in. End what you do not know, then change your password.</Trans>}
      actions={
        (sessions.data?.length ?? 0) > 1 && (
          <Button onClick={() => setAsking(true)}>
            <Trans>Sign out everywhere else</Trans>
          </Button>
        )
      }
    >
      <RowList query={sessions} skeleton={<RowSkeleton />} skeletons={2}>
        {sessions.data?.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </RowList>
      {asking && (
        <Suspense>
          <ConfirmDialog
            title={<Trans>Sign out everywhere else?</Trans>}
            description={<Trans>Every session but this one ends. Whoever used them has to sign in again.</Trans>}
            confirm={<Trans>Sign out everywhere else</Trans>}
            onConfirm={endOthers}
            onClose={() => setAsking(false)}
          />
        </Suspense>
      )}
    </CardSection>
  );
}

function RowSkeleton() {
  return (
    <div className="flex h-[4.5rem] items-center gap-3 px-5">
      <Skeleton className="size-9" />
      <div className="grid gap-1.5">
        <Skeleton className="h-3.5 w-40" />
        <Skeleton className="h-3 w-56" />
      </div>
      <Skeleton className="ml-auto h-8 w-16" />
    </div>
  );
}
