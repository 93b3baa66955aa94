import { createFileRoute, redirect } from "@tanstack/react-router";
import { requireUser } from "@/api/guard";
import { ChooseWorkspacePage } from "@/features/accounts/choose-workspace-page";
import { loadAccountsMessages } from "@/features/accounts/messages";

export const Route = createFileRoute("/t/")({
  beforeLoad: async ({ location }) => {
    const grant = await requireUser("", location.href);
    const [only, another] = grant.tenants;
    if (!only) throw redirect({ to: "/new", replace: true });
    if (!another && only.status === "active")
      throw redirect({ to: "/t/$slug/notes", params: { slug: only.slug }, replace: true });
    return { grant };
  },
  loader: loadAccountsMessages,
  component: Page,
});

function Page() {
  return <ChooseWorkspacePage grant={Route.useRouteContext().grant} />;
}
