import { createFileRoute } from "@tanstack/react-router";
import { type CallbackAnswer, CallbackPage } from "@/features/accounts/callback-page";
import { loadAccountsMessages } from "@/features/accounts/messages";

let answer: CallbackAnswer | undefined;

// Read from the address as it came, once: the router takes values that look like numbers for numbers.
function arrived(): CallbackAnswer {
  const search = new URLSearchParams(location.search);
  const text = (name: string) => search.get(name) ?? "";
  answer ??= { code: text("code"), state: text("state"), iss: text("iss"), error: text("error") };
  return answer;
}

export const Route = createFileRoute("/sign-in_/callback")({
  loader: async () => {
    const answer = arrived();
    await loadAccountsMessages();
    return answer;
  },
  component: Page,
});

function Page() {
  return <CallbackPage answer={Route.useLoaderData()} />;
}
