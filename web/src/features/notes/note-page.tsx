import { Trans } from "@lingui/react/macro";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { FileText } from "lucide-react";
import { hasCode } from "@/api/problem";
import { useWorkspace } from "@/api/workspace";
import { EmptyState, ErrorState, LoadingRows } from "@/components/states";
import { buttonStyle } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { NoteEditor } from "./note-editor";
import { noteQuery, notesQuery } from "./notes";

export function NotePage({ id }: { id: string }) {
  const { api, slug } = useWorkspace();
  const fresh = useLocation({ select: (location) => location.state.fresh === true });
  const note = useQuery(noteQuery(api, id));
  if (note.isPending) return <EditorSkeleton />;
  if (hasCode(note.error, "not_found")) return <MissingNote slug={slug} />;
  // What is being written stays on the page, also when asking for it again fails.
  if (!note.data) return <ErrorState error={note.error} onRetry={() => void note.refetch()} />;
  return <NoteEditor key={id} note={note.data} fresh={fresh} />;
}

/** The right side while no note is open. */
export function NoNoteOpen() {
  const { api } = useWorkspace();
  const notes = useInfiniteQuery({ ...notesQuery(api, false), enabled: false });
  // Beside an empty list there is nothing to choose.
  if (!notes.data?.pages.some((page) => page.items.length > 0)) return null;
  return (
    <EmptyState icon={<FileText />} title={<Trans>No note open</Trans>} className="my-auto">
      <Trans>Choose one from the list, or write a new one.</Trans>
    </EmptyState>
  );
}

function MissingNote({ slug }: { slug: string }) {
  return (
    <EmptyState
      icon={<FileText />}
      title={<Trans>This note is not here</Trans>}
      className="my-auto"
      action={
        <Link to="/t/$slug/notes" params={{ slug }} className={buttonStyle()}>
          <Trans>All notes</Trans>
        </Link>
      }
    >
      <Trans>It was deleted, or the address is not right. Deleted notes are in the trash for a while.</Trans>
    </EmptyState>
  );
}

function EditorSkeleton() {
  return (
    <LoadingRows
      rows={1}
      className="mx-auto w-full max-w-3xl px-5 pt-22 sm:px-10"
      row={
        <div className="grid gap-4">
          <Skeleton className="h-8 w-2/3" />
          <Skeleton className="h-4 w-full" />
          <Skeleton className="h-4 w-11/12" />
          <Skeleton className="h-4 w-3/5" />
        </div>
      }
    />
  );
}
