import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { meQuery } from "@/api/person";
import { useWorkspace } from "@/api/workspace";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { CardSection } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";

const PasswordDialog = lazy(() => import("./password-dialog").then((module) => ({ default: module.PasswordDialog })));

export function PasswordSection() {
  const { api } = useWorkspace();
  const me = useQuery(meQuery(api));
  const [open, setOpen] = useState(false);
  return (
    <CardSection
      title={<Trans>Password</Trans>}
      description={
        me.data?.has_password === false ? (
          <Trans>You have none: you sign in another way. With one you can also sign in by e-mail and password.</Trans>
        ) : (
          <Trans>Changing it signs you out everywhere else.</Trans>
        )
      }
      actions={
        me.data ? (
          <Button onClick={() => setOpen(true)}>
            {me.data.has_password ? <Trans>Change password</Trans> : <Trans>Set a password</Trans>}
          </Button>
        ) : (
          me.isPending && <Skeleton className="h-9 w-36" />
        )
      }
    >
      {me.isError && !me.data && <ErrorState error={me.error} onRetry={() => void me.refetch()} className="pt-2! pb-8!" />}
      {open && me.data && (
        <Suspense>
          <PasswordDialog me={me.data} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </CardSection>
  );
}
