import { useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { asProblem } from "@/api/problem";
import type { Note } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { toast } from "@/components/toast";
import { createNote, hideNote, refreshNotes, restoreNote, showNew } from "./notes";

export type NoteActions = {
  create: () => void;
  creating: boolean;
  restore: (note: Note) => void;
};

/** Making and restoring notes: both can meet the limit of the plan, of which the workspace tells by itself. */
export function useNoteActions(): NoteActions {
  const { t, i18n } = useLingui();
  const { api, slug } = useWorkspace();
  const client = useQueryClient();
  const navigate = useNavigate();

  const fail = (title: string) => (error: unknown) => {
    const problem = asProblem(error);
    if (problem.code !== "limit_reached") toast(title, { tone: "danger", description: problemText(i18n, problem) });
  };
  const create = useMutation({
    mutationFn: () => createNote(api, t`Untitled`),
    onSuccess: async (note) => {
      showNew(client, note);
      await navigate({ to: "/t/$slug/notes/$id", params: { slug, id: note.id }, state: { fresh: true } });
      void refreshNotes(client);
    },
    onError: fail(t`The note was not created`),
  });
  const restore = useMutation({
    mutationFn: (note: Note) => restoreNote(api, note.id),
    onMutate: (note) => hideNote(client, note.id, true),
    onSuccess: (_, { title }) => toast(t`${title} is back in your notes`, { tone: "success" }),
    onError: fail(t`The note was not restored`),
    onSettled: () => refreshNotes(client),
  });
  return {
    create: () => create.mutate(),
    creating: create.isPending,
    restore: (note) => restore.mutate(note),
  };
}
