import { createFileRoute } from "@tanstack/react-router";
import { AuditPage } from "@/features/operator/audit-page";

export const Route = createFileRoute("/operator/_console/audit")({ component: AuditPage });
