import { createFileRoute } from "@tanstack/react-router";
import { IncidentsPage } from "@/features/operator/incidents-page";

export const Route = createFileRoute("/operator/_console/incidents")({ component: IncidentsPage });
