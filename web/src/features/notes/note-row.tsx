import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { Note } from "@/api/types";
import { useWorkspace } from "@/api/workspace";
import { Time } from "@/components/time";

const snippetLength = 140;

export function NoteRow({ note }: { note: Note }) {
  const { slug } = useWorkspace();
  return (
    <li className="[contain-intrinsic-size:auto_5.25rem] [content-visibility:auto]">
      <Link
        to="/t/$slug/notes/$id"
        params={{ slug, id: note.id }}
        className="block h-21 px-4 py-2.5 -outline-offset-2! hover:bg-hover aria-[current=page]:bg-accent-soft aria-[current=page]:hover:bg-accent-soft"
      >
        <NoteSummary note={note} at={note.updated_at} />
      </Link>
    </li>
  );
}

/** Title, beginning and time of a note, in three lines of fixed height. */
export function NoteSummary({ note, at }: { note: Note; at: string }) {
  const snippet = note.body.slice(0, snippetLength).replace(/\s+/g, " ").trim();
  return (
    <>
      <span className="block truncate font-semibold">{note.title.trim() || <Trans>Untitled</Trans>}</span>
      <span className="block truncate text-sm text-muted">{snippet || <Trans>No text yet</Trans>}</span>
      <Time iso={at} className="mt-1 block text-xs text-muted" />
    </>
  );
}
