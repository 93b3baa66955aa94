import { createFileRoute } from "@tanstack/react-router";
import { CheckMailPage } from "@/features/accounts/check-mail-page";
import { loadAccountsMessages } from "@/features/accounts/messages";

type Search = { for: "sign-up" | "reset" };

export const Route = createFileRoute("/check-mail")({
  validateSearch: (search): Search => ({ for: search.for === "reset" ? "reset" : "sign-up" }),
  loader: loadAccountsMessages,
  component: Page,
});

function Page() {
  return <CheckMailPage purpose={Route.useSearch().for} />;
}
