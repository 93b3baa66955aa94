import { createFileRoute } from "@tanstack/react-router";
import { TenantsPage } from "@/features/operator/tenants-page";

type Search = { q?: string };

export const Route = createFileRoute("/operator/_console/tenants/")({
  // A search for digits arrives as a number.
  validateSearch: ({ q }): Search => (typeof q === "string" || typeof q === "number" ? { q: String(q) } : {}),
  component: Page,
});

function Page() {
  return <TenantsPage q={Route.useSearch().q ?? ""} />;
}
