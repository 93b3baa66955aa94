import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { tenantKey, useWorkspace } from "@/api/workspace";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Field } from "@/components/form";
import { ErrorState } from "@/components/states";
import { toast } from "@/components/toast";
import { Dialog } from "@/components/ui/dialog";
import { Select } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { membersKey, membersQuery } from "./members";

export function TransferDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const { api, tenant, user } = useWorkspace();
  const client = useQueryClient();
  const members = useInfiniteQuery({ ...membersQuery(api), refetchOnMount: "always" });
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError: broken, fetchNextPage } = members;
  // A list to choose from has to be whole. Where the rest does not come, the person says when to ask again.
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !broken) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, broken, fetchNextPage]);
  const others = members.data?.pages.flatMap((page) => page.items).filter((member) => member.user_id !== user.id) ?? [];
  if (broken || (members.isError && !members.data)) {
    return (
      <Dialog open onOpenChange={(open) => !open && onClose()} title={<Trans>Transfer ownership</Trans>}>
        <ErrorState
          error={members.error}
          retrying={members.isFetching}
          onRetry={() => void (broken ? fetchNextPage() : members.refetch())}
        />
      </Dialog>
    );
  }
  if (members.data && others.length === 0 && !members.isFetching) {
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && onClose()}
        title={<Trans>Transfer ownership</Trans>}
        description={<Trans>You are alone in this workspace. Invite who shall own it, then come back.</Trans>}
      />
    );
  }
  const transfer = async ({ user_id = "" }: Record<string, string>) => {
    const chosen = others.find((member) => member.user_id === user_id);
    await api.POST("/api/v1/tenant/transfer", { body: { user_id } });
    const name = chosen?.name ?? "";
    toast(t`${name} is an owner now`, { tone: "success" });
    await Promise.all([client.invalidateQueries({ queryKey: tenantKey }), client.invalidateQueries({ queryKey: membersKey })]);
    onClose();
  };
  return (
    <ConfirmDialog
      title={<Trans>Transfer ownership</Trans>}
      description={
        <Trans>The new owner can do everything, billing included. You become admin and cannot undo this yourself.</Trans>
      }
      confirm={<Trans>Transfer</Trans>}
      typed={tenant.name}
      onConfirm={transfer}
      onClose={onClose}
    >
      <Field name="user_id" label={<Trans>New owner</Trans>}>
        {(control) =>
          others.length > 0 ? (
            <Select {...control} className="w-full">
              {others.map((member) => (
                <option key={member.user_id} value={member.user_id}>
                  {member.name} ({member.email})
                </option>
              ))}
            </Select>
          ) : (
            <Skeleton className="h-9" />
          )
        }
      </Field>
    </ConfirmDialog>
  );
}
