import { createFileRoute, useLocation } from "@tanstack/react-router";
import { loadAccountsMessages } from "@/features/accounts/messages";
import { VerifyPage } from "@/features/accounts/verify-page";

export const Route = createFileRoute("/verify")({ loader: loadAccountsMessages, component: Page });

// The token stands in the fragment, which browsers keep to themselves.
function Page() {
  const token = useLocation({ select: (location) => location.hash });
  return <VerifyPage token={token} />;
}
