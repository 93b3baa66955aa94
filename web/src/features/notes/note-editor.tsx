import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { ChevronLeft, Trash2 } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Note } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { usePageTitle } from "@/components/auth-layout";
import { Button, buttonStyle } from "@/components/ui/button";
import { ConflictPanel } from "./conflict-panel";
import { SaveNotice } from "./save-notice";
import { SaveStatus } from "./save-status";
import { useAutosave } from "./use-autosave";
import { useDeleteNote } from "./use-delete-note";

export const maxTitleLength = 200;

/** One note, saved while it is written. `fresh` puts the cursor on the title of a note that was just made. */
export function NoteEditor({ note, fresh }: { note: Note; fresh: boolean }) {
  const { t } = useLingui();
  const { slug, can } = useWorkspace();
  const { autosave, state } = useAutosave(note);
  const remove = useDeleteNote(autosave);
  const title = useRef<HTMLInputElement>(null);
  const writable = can("notes:write") && !note.deleted_at;
  const heading = state.text.title.trim() || t`Untitled`;
  usePageTitle(heading);
  useEffect(() => {
    if (fresh) title.current?.select();
  }, [fresh]);
  return (
    <article aria-label={heading} className="flex min-h-0 flex-1 flex-col">
      <header className="flex h-14 shrink-0 items-center gap-2 border-line border-b px-3 sm:px-4">
        <Link
          to="/t/$slug/notes"
          params={{ slug }}
          aria-label={t`All notes`}
          className={buttonStyle({ variant: "ghost", size: "icon", className: "lg:hidden" })}
        >
          <ChevronLeft aria-hidden="true" />
        </Link>
        <SaveStatus state={state} />
        {writable && (
          <Button
            variant="ghost"
            size="icon"
            aria-label={t`Delete this note`}
            title={t`Delete`}
            pending={remove.isPending}
            onClick={() => remove.mutate()}
          >
            <Trash2 aria-hidden="true" />
          </Button>
        )}
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex min-h-full w-full max-w-3xl flex-col px-5 py-6 sm:px-10 sm:py-8">
          {state.status === "conflict" && state.theirs && (
            <ConflictPanel
              mine={state.text}
              theirs={state.theirs}
              onKeepMine={() => void autosave.keepMine()}
              onTakeTheirs={() => autosave.takeTheirs()}
            />
          )}
          <SaveNotice state={state} onRetry={() => void autosave.flush()} />
          <input
            ref={title}
            aria-label={t`Title`}
            value={state.text.title}
            readOnly={!writable}
            maxLength={maxTitleLength}
            placeholder={t`Untitled`}
            onChange={(event) => autosave.edit({ title: event.currentTarget.value })}
            className="w-full rounded-sm bg-transparent text-2xl font-semibold tracking-tight outline-offset-4 focus-visible:outline-none"
          />
          <textarea
            aria-label={t`Text`}
            value={state.text.body}
            readOnly={!writable}
            placeholder={writable ? t`Write something` : undefined}
            onChange={(event) => autosave.edit({ body: event.currentTarget.value })}
            className="mt-3 field-sizing-content min-h-64 w-full flex-1 resize-none rounded-sm bg-transparent text-lg leading-7 focus-visible:outline-none"
          />
        </div>
      </div>
      {!writable && (
        <p className="border-line border-t px-5 py-2 text-center text-sm text-muted">
          <Trans>You can read this note but not change it.</Trans>
        </p>
      )}
    </article>
  );
}
