import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { useWorkspace } from "@/api/workspace";
import { usePageTitle } from "@/components/auth-layout";
import { ErrorState, LoadingRows } from "@/components/states";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { loadPlanMessages } from "@/plans/messages";
import { billingQuery } from "./billing";
import { CheckoutReturn } from "./checkout-return";
import { CurrentPlan } from "./current-plan";

// What stands further down comes after the first of the page.
const PaymentCard = lazy(() => import("./payment-card").then((module) => ({ default: module.PaymentCard })));
const PlanChoice = lazy(async () => {
  const [module] = await Promise.all([import("./plan-choice"), loadPlanMessages()]);
  return { default: module.PlanChoice };
});
const UsageCharts = lazy(async () => {
  const [module] = await Promise.all([import("./usage-charts"), loadPlanMessages()]);
  return { default: module.UsageCharts };
});
const Invoices = lazy(() => import("./invoices").then((module) => ({ default: module.Invoices })));

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
      {checkout === "done" && !billing.data.cancel_at && <CheckoutReturn billing={billing.data} />}
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
      <Suspense fallback={<PlansSkeleton />}>
        {billing.data.subscribed !== "" && billing.data.enabled && <PaymentCard billing={billing.data} />}
        <PlanChoice key={billing.data.subscribed} billing={billing.data} />
        <UsageCharts />
        {billing.data.enabled && <Invoices />}
      </Suspense>
    </>
  );
}

function BillingSkeleton() {
  return (
    <div className="grid gap-6">
      <Skeleton round="xl" className="h-64" />
      <PlansSkeleton />
    </div>
  );
}

function PlansSkeleton() {
  return (
    <div className="grid gap-4 md:grid-cols-3">
      <Skeleton round="xl" className="h-80" />
      <Skeleton round="xl" className="h-80" />
      <Skeleton round="xl" className="h-80" />
    </div>
  );
}
