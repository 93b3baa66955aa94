import { useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { take } from "@/api/client";
import { dropDraft, keepDraft, readDraft } from "@/api/drafts";
import type { Note } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { Autosave, type Draft, type SaveState } from "./autosave";
import { showSaved } from "./notes";

/** Autosave for one open note. Mount the caller with `key={note.id}`. */
export function useAutosave(note: Note): { autosave: Autosave; state: SaveState } {
  const { t } = useLingui();
  const { api } = useWorkspace();
  const client = useQueryClient();
  const path = { id: note.id };
  const [autosave] = useState(
    () =>
      new Autosave({
        note,
        untitled: t`Untitled`,
        draft: readDraft(note.id, isDraft),
        // keepalive lets the last save finish when the page is being closed; browsers refuse it for large bodies.
        save: (body) =>
          take(
            api.PATCH("/api/v1/notes/{id}", {
              params: { path },
              body,
              keepalive: document.hidden && (body.body ?? "").length < 20_000,
            }),
          ),
        load: () => take(api.GET("/api/v1/notes/{id}", { params: { path } })),
        keep: (draft) => (draft ? keepDraft(note.id, draft) : dropDraft(note.id)),
        onSaved: (saved) => showSaved(client, saved),
      }),
  );
  useEffect(() => {
    const flush = () => void autosave.flush();
    const onHide = () => document.hidden && flush();
    addEventListener("online", flush);
    document.addEventListener("visibilitychange", onHide);
    return () => {
      removeEventListener("online", flush);
      document.removeEventListener("visibilitychange", onHide);
      flush();
    };
  }, [autosave]);
  useEffect(() => autosave.receive(note), [autosave, note]);
  const state = useSyncExternalStore(autosave.subscribe, autosave.state);
  return { autosave, state };
}

function isDraft(value: unknown): value is Draft {
  const draft = value as Partial<Draft> | null;
  return typeof draft?.title === "string" && typeof draft.body === "string" && typeof draft.version === "number";
}
