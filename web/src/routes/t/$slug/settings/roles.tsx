import { createFileRoute } from "@tanstack/react-router";
import { loadWorkspaceMessages } from "@/features/accounts/workspace/messages";
import { RolesPage } from "@/features/accounts/workspace/roles-page";

export const Route = createFileRoute("/t/$slug/settings/roles")({ loader: loadWorkspaceMessages, component: RolesPage });
