import { createFileRoute } from "@tanstack/react-router";
import { DomainsPage } from "@/features/invitations/domains-page";
import { loadInvitationsMessages } from "@/features/invitations/messages";

export const Route = createFileRoute("/t/$slug/settings/domains")({ loader: loadInvitationsMessages, component: DomainsPage });
