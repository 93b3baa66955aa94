import { createFileRoute, Outlet } from "@tanstack/react-router";
import { requireOperator } from "@/api/guard";
import { ConsoleShell } from "@/features/operator/console-shell";
import { loadOperatorMessages } from "@/features/operator/messages";

export const Route = createFileRoute("/operator/_console")({
  beforeLoad: async ({ location }) => ({ grant: await requireOperator(location.href) }),
  loader: loadOperatorMessages,
  component: Page,
});

function Page() {
  return (
    <ConsoleShell operator={Route.useRouteContext().grant.operator}>
      <Outlet />
    </ConsoleShell>
  );
}
