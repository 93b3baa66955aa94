import { createFileRoute } from "@tanstack/react-router";
import { loadAccountsMessages } from "@/features/accounts/messages";
import { SignUpPage } from "@/features/accounts/sign-up-page";

export const Route = createFileRoute("/sign-up")({ loader: loadAccountsMessages, component: SignUpPage });
