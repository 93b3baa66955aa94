import { createFileRoute } from "@tanstack/react-router";
import { RevenuePage } from "@/features/operator/revenue-page";

export const Route = createFileRoute("/operator/_console/revenue")({ component: RevenuePage });
