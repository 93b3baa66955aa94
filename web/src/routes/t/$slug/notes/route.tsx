import { createFileRoute } from "@tanstack/react-router";
import { loadNotesMessages } from "@/features/notes/messages";
import { NotesPage } from "@/features/notes/notes-page";

type Search = { view?: "trash" };

export const Route = createFileRoute("/t/$slug/notes")({
  validateSearch: (search): Search => (search.view === "trash" ? { view: "trash" } : {}),
  loader: loadNotesMessages,
  component: Page,
});

function Page() {
  return <NotesPage trash={Route.useSearch().view === "trash"} />;
}
