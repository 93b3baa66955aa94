import { createFileRoute } from "@tanstack/react-router";
import { BillingPage } from "@/features/billing/billing-page";
import { loadBillingMessages } from "@/features/billing/messages";

type Search = { checkout?: "done" | "canceled" };

export const Route = createFileRoute("/t/$slug/settings/billing")({
  validateSearch: ({ checkout }): Search => (checkout === "done" || checkout === "canceled" ? { checkout } : {}),
  loader: loadBillingMessages,
  component: Page,
});

function Page() {
  return <BillingPage checkout={Route.useSearch().checkout} />;
}
