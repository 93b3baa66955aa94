import { createFileRoute } from "@tanstack/react-router";
import { loadOperatorMessages } from "@/features/operator/messages";
import { OperatorSignInPage } from "@/features/operator/sign-in-page";

type Search = { next?: string };

export const Route = createFileRoute("/operator/sign-in")({
  validateSearch: (search): Search => ({ next: typeof search.next === "string" ? search.next : undefined }),
  loader: loadOperatorMessages,
  component: Page,
});

function Page() {
  return <OperatorSignInPage next={Route.useSearch().next} />;
}
