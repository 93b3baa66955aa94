import { createFileRoute } from "@tanstack/react-router";
import { NotePage } from "@/features/notes/note-page";

export const Route = createFileRoute("/t/$slug/notes/$id")({ component: Page });

function Page() {
  return <NotePage id={Route.useParams().id} />;
}
