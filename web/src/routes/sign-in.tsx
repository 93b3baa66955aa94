import { createFileRoute } from "@tanstack/react-router";
import { loadAccountsMessages } from "@/features/accounts/messages";
import { SignInPage } from "@/features/accounts/sign-in-page";

type Search = { next?: string; notice?: "password-changed" };

export const Route = createFileRoute("/sign-in")({
  validateSearch: (search): Search => ({
    next: typeof search.next === "string" ? search.next : undefined,
    notice: search.notice === "password-changed" ? search.notice : undefined,
  }),
  loader: loadAccountsMessages,
  component: Page,
});

function Page() {
  const { next, notice } = Route.useSearch();
  return <SignInPage next={next} notice={notice} />;
}
