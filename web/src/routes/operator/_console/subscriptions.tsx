import { createFileRoute } from "@tanstack/react-router";
import { type SubscriptionStatus, subscriptionStatuses } from "@/features/operator/filters";
import { SubscriptionsPage } from "@/features/operator/subscriptions-page";

type Search = { status?: SubscriptionStatus };

export const Route = createFileRoute("/operator/_console/subscriptions")({
  validateSearch: ({ status }): Search => {
    const known = subscriptionStatuses.find((option) => option === status);
    return known ? { status: known } : {};
  },
  component: Page,
});

function Page() {
  return <SubscriptionsPage status={Route.useSearch().status} />;
}
