import { createFileRoute } from "@tanstack/react-router";
import { AppearancePage } from "@/features/accounts/settings/appearance-page";

export const Route = createFileRoute("/t/$slug/settings/appearance")({ component: AppearancePage });
