import { useLingui } from "@lingui/react/macro";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { asProblem } from "@/api/problem";
import { useWorkspace } from "@/api/workspace";
import { problemText } from "@/components/problem-text";
import { toast } from "@/components/toast";
import type { Autosave } from "./autosave";
import { hideNote, refreshNotes, restoreNote } from "./notes";

/** Moves the open note to the trash, with an undo. What was typed last is saved first, so that undo brings it back too. */
export function useDeleteNote(autosave: Autosave) {
  const { t, i18n } = useLingui();
  const { api, slug } = useWorkspace();
  const client = useQueryClient();
  const navigate = useNavigate();

  const failed = (title: string) => (error: unknown) =>
    toast(title, { tone: "danger", description: problemText(i18n, asProblem(error)) });
  const undo = useMutation({
    mutationFn: (id: string) => restoreNote(api, id),
    onSuccess: (note) => navigate({ to: "/t/$slug/notes/$id", params: { slug, id: note.id } }),
    onError: failed(t`The note was not restored`),
    onSettled: () => refreshNotes(client),
  });
  return useMutation({
    mutationFn: async () => {
      await autosave.flush();
      const { id, title } = autosave.state().saved;
      await api.DELETE("/api/v1/notes/{id}", { params: { path: { id } } });
      return { id, title: title.trim() || t`Untitled` };
    },
    onSuccess: async ({ id, title }) => {
      hideNote(client, id, false);
      toast(t`${title} moved to the trash`, { action: { label: t`Undo`, run: () => undo.mutate(id) } });
      await navigate({ to: "/t/$slug/notes", params: { slug } });
      client.removeQueries({ queryKey: ["note", id] });
    },
    onError: failed(t`The note was not deleted`),
    onSettled: () => refreshNotes(client),
  });
}
