import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useWorkspace } from "@/api/workspace";
import { usePageTitle } from "@/components/auth-layout";
import { ErrorState, LoadingRows } from "@/components/states";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { billingQuery } from "./billing";
import { CheckoutReturn } from "./checkout-return";
import { CurrentPlan } from "./current-plan";
import { PlanChoice } from "./plan-choice";

type Props = { /** What became of a checkout that the browser comes back from. */ checkout: "done" | "canceled" | undefined };

export function BillingPage({ checkout }: Props) {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const billing = useQuery(billingQuery(api));
  usePageTitle(t`Billing`);
  if (billing.isPending) return <LoadingRows rows={1} row={<BillingSkeleton />} />;
  if (billing.isError && !billing.data) {
    return (
      <Card>
        <ErrorState error={billing.error} onRetry={() => void billing.refetch()} />
      </Card>
    );
  }
  return (
    <>
      {checkout === "done" && <CheckoutReturn billing={billing.data} />}
      {checkout === "canceled" && (
        <Callout role="status">
          <Trans>The checkout was canceled. Nothing was charged.</Trans>
        </Callout>
      )}
      {!billing.data.enabled && (
        <Callout tone="warning" title={<Trans>Payments are not set up on this server</Trans>}>
          <Trans>You can see the plans, but not change yours.</Trans>
        </Callout>
      )}
      <CurrentPlan billing={billing.data} />
      <PlanChoice billing={billing.data} />
    </>
  );
}

function BillingSkeleton() {
  return (
    <div className="grid gap-6">
      <Skeleton round="xl" className="h-58" />
      <div className="grid gap-4 md:grid-cols-3">
        <Skeleton round="xl" className="h-60" />
        <Skeleton round="xl" className="h-60" />
        <Skeleton round="xl" className="h-60" />
      </div>
    </div>
  );
}
