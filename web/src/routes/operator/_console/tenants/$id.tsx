import { createFileRoute } from "@tanstack/react-router";
import { TenantPage } from "@/features/operator/tenant-page";

export const Route = createFileRoute("/operator/_console/tenants/$id")({ component: Page });

function Page() {
  const { id } = Route.useParams();
  return <TenantPage key={id} id={id} />;
}
