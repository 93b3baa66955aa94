import { createFileRoute } from "@tanstack/react-router";
import { NoNoteOpen } from "@/features/notes/note-page";

export const Route = createFileRoute("/t/$slug/notes/")({ component: NoNoteOpen });
