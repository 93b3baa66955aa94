import { createFileRoute, redirect } from "@tanstack/react-router";
import { requireUser } from "@/api/guard";
import { ChooseWorkspacePage } from "@/features/accounts/choose-workspace-page";
import { loadAccountsMessages } from "@/features/accounts/messages";
import { JoinableList } from "@/features/invitations/joinable-list";

type Search = { /** Shows the choice even when there is only one workspace. */ all?: true };

export const Route = createFileRoute("/t/")({
  validateSearch: (search): Search => (search.all ? { all: true } : {}),
  beforeLoad: async ({ location, search }) => {
    const grant = await requireUser("", location.href);
    const [only, another] = grant.tenants;
    if (only && !another && only.status === "active" && !search.all)
      throw redirect({ to: "/t/$slug/notes", params: { slug: only.slug }, replace: true });
    const joinable = await import("@/features/invitations/joinable").then(({ loadJoinable }) => loadJoinable());
    if (!only && joinable.length === 0) throw redirect({ to: "/new", replace: true });
    return { grant, joinable };
  },
  loader: loadAccountsMessages,
  component: Page,
});

function Page() {
  const { grant, joinable } = Route.useRouteContext();
  return (
    <ChooseWorkspacePage grant={grant}>
      <JoinableList items={joinable} />
    </ChooseWorkspacePage>
  );
}
