import { createFileRoute, useLocation } from "@tanstack/react-router";
import { ConfirmEmailPage } from "@/features/accounts/confirm-email-page";
import { loadAccountsMessages } from "@/features/accounts/messages";

export const Route = createFileRoute("/email")({ loader: loadAccountsMessages, component: Page });

// The token stands in the fragment, which browsers keep to themselves.
function Page() {
  const token = useLocation({ select: (location) => location.hash });
  return <ConfirmEmailPage token={token} />;
}
