import { createFileRoute } from "@tanstack/react-router";
import { requireUser } from "@/api/guard";
import { loadAccountsMessages } from "@/features/accounts/messages";
import { NewWorkspacePage } from "@/features/accounts/new-workspace-page";

export const Route = createFileRoute("/new")({
  beforeLoad: async ({ location }) => ({ grant: await requireUser("", location.href) }),
  loader: loadAccountsMessages,
  component: Page,
});

function Page() {
  return <NewWorkspacePage grant={Route.useRouteContext().grant} />;
}
