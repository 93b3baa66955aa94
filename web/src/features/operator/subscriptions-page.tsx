import { Trans, useLingui } from "@lingui/react/macro";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { usePageTitle } from "@/components/auth-layout";
import { LoadMore } from "@/components/load-more";
import { Loaded } from "@/components/row-list";
import { EmptyState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { subscriptionsQuery } from "./billing";
import { type SubscriptionStatus, subscriptionStatuses } from "./filters";
import { Filter, PageHead } from "./page-head";
import { RowSkeleton } from "./row-skeleton";
import { subscriptionWords } from "./subscription-badge";
import { SubscriptionsTable } from "./subscriptions-table";

export function SubscriptionsPage({ status }: { status: SubscriptionStatus | undefined }) {
  const { t, i18n } = useLingui();
  const navigate = useNavigate();
  const subscriptions = useInfiniteQuery({ ...subscriptionsQuery(status), placeholderData: keepPreviousData });
  const rows = subscriptions.data?.pages.flatMap((page) => page.items) ?? [];
  const show = (chosen: SubscriptionStatus | undefined) =>
    void navigate({ to: "/operator/subscriptions", search: chosen ? { status: chosen } : {} });
  usePageTitle(t`Subscriptions`);
  return (
    <>
      <PageHead
        title={<Trans>Subscriptions</Trans>}
        actions={
          <Filter
            label={t`Status`}
            all={t`Every status`}
            value={status}
            options={subscriptionStatuses.map((option) => [option, i18n._(subscriptionWords[option])] as const)}
            onChange={show}
          />
        }
      />
      <Card className="mt-5 overflow-hidden" aria-busy={subscriptions.isPlaceholderData}>
        <Loaded query={subscriptions} skeleton={<RowSkeleton />} skeletons={8}>
          {rows.length > 0 ? (
            <SubscriptionsTable subscriptions={rows} />
          ) : status ? (
            <EmptyState
              title={<Trans>No subscription has this status</Trans>}
              action={
                <Button onClick={() => show(undefined)}>
                  <Trans>Show every status</Trans>
                </Button>
              }
            />
          ) : (
            <EmptyState title={<Trans>No subscriptions yet</Trans>}>
              <Trans>A workspace appears here as soon as it chooses a plan with a price.</Trans>
            </EmptyState>
          )}
        </Loaded>
        <LoadMore query={subscriptions} className="border-line border-t p-3" />
      </Card>
    </>
  );
}
