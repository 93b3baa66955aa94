import { createFileRoute } from "@tanstack/react-router";
import { MembersPage } from "@/features/accounts/workspace/members-page";
import { loadWorkspaceMessages } from "@/features/accounts/workspace/messages";
import { InvitationsSection } from "@/features/invitations/invitations-section";
import { InviteButton } from "@/features/invitations/invite-button";
import { loadInvitationsMessages } from "@/features/invitations/messages";

export const Route = createFileRoute("/t/$slug/settings/members")({
  loader: () => Promise.all([loadWorkspaceMessages(), loadInvitationsMessages()]),
  component: Page,
});

function Page() {
  return (
    <>
      <MembersPage invite={<InviteButton />} />
      <InvitationsSection />
    </>
  );
}
