import { createFileRoute, useLocation } from "@tanstack/react-router";
import { loadAccountsMessages } from "@/features/accounts/messages";
import { ResetPage } from "@/features/accounts/reset-page";

export const Route = createFileRoute("/reset")({ loader: loadAccountsMessages, component: Page });

// The token stands in the fragment, which browsers keep to themselves.
function Page() {
  const token = useLocation({ select: (location) => location.hash });
  return <ResetPage token={token} />;
}
