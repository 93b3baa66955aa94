import { createFileRoute, useLocation } from "@tanstack/react-router";
import { signOut } from "@/api/sign-out";
import { keptInTab } from "@/api/tab-storage";
import { enter } from "@/features/accounts/enter";
import { loadAccountsMessages } from "@/features/accounts/messages";
import { InvitePage } from "@/features/invitations/invite-page";
import { loadInvitationsMessages } from "@/features/invitations/messages";

export const Route = createFileRoute("/invite")({
  loader: () => Promise.all([loadAccountsMessages(), loadInvitationsMessages()]),
  component: Page,
});

// The token stands in the fragment, which browsers keep to themselves; after signing in or out this tab remembers it.
function Page() {
  const token = useLocation({ select: (location) => location.hash });
  return <InvitePage token={token || keptInTab("invitation")} enter={enter} signOut={signOut} />;
}
