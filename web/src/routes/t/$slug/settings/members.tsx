import { createFileRoute } from "@tanstack/react-router";
import { MembersPage } from "@/features/accounts/members-page";

export const Route = createFileRoute("/t/$slug/settings/members")({ component: MembersPage });
