import { createFileRoute } from "@tanstack/react-router";
import { loadAccountsMessages } from "@/features/accounts/messages";
import { ForgotPage } from "@/features/accounts/forgot-page";

export const Route = createFileRoute("/forgot")({ loader: loadAccountsMessages, component: ForgotPage });
