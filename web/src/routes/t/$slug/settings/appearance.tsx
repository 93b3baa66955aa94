import { createFileRoute } from "@tanstack/react-router";
import { AppearancePage } from "@/features/accounts/appearance-page";

export const Route = createFileRoute("/t/$slug/settings/appearance")({ component: AppearancePage });
