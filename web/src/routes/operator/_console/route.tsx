import { QueryClientProvider } from "@tanstack/react-query";
import { createFileRoute, Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { requireOperator } from "@/api/guard";
import { newQueryClient } from "@/api/queries";
import { ConsoleShell } from "@/features/operator/console-shell";
import { loadOperatorMessages } from "@/features/operator/messages";

export const Route = createFileRoute("/operator/_console")({
  beforeLoad: async ({ location }) => ({ grant: await requireOperator(location.href) }),
  loader: loadOperatorMessages,
  component: Page,
});

function Page() {
  const [client] = useState(() => newQueryClient());
  return (
    <QueryClientProvider client={client}>
      <ConsoleShell operator={Route.useRouteContext().grant.operator}>
        <Outlet />
      </ConsoleShell>
    </QueryClientProvider>
  );
}
