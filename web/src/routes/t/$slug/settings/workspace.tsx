import { createFileRoute } from "@tanstack/react-router";
import { loadWorkspaceMessages } from "@/features/accounts/workspace/messages";
import { WorkspacePage } from "@/features/accounts/workspace/workspace-page";

export const Route = createFileRoute("/t/$slug/settings/workspace")({ loader: loadWorkspaceMessages, component: WorkspacePage });
