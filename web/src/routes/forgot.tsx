import { createFileRoute } from "@tanstack/react-router";
import { ForgotPage } from "@/features/accounts/forgot-page";
import { loadAccountsMessages } from "@/features/accounts/messages";

export const Route = createFileRoute("/forgot")({ loader: loadAccountsMessages, component: ForgotPage });
