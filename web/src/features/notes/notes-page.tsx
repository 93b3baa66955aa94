import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { NotebookPen, Plus, Trash2 } from "lucide-react";
import { useWorkspace } from "@/api/workspace";
import { usePageTitle } from "@/components/auth-layout";
import { LoadMore } from "@/components/load-more";
import { EmptyState, ErrorState, LoadingRows } from "@/components/states";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { Skeleton } from "@/components/ui/skeleton";
import { NoteRow } from "./note-row";
import { notesQuery } from "./notes";
import { TrashRow } from "./trash-row";
import { type NoteActions, useNoteActions } from "./use-note-actions";

/** The list of notes (or of the trash) and, beside it on wide screens, the open note. */
export function NotesPage({ trash }: { trash: boolean }) {
  const { t } = useLingui();
  const { id } = useParams({ strict: false });
  const actions = useNoteActions();
  usePageTitle(trash ? t`Trash` : t`Notes`);
  return (
    <div className="flex min-h-0 flex-1">
      <h1 className="sr-only">{trash ? t`Trash` : t`Notes`}</h1>
      <section
        aria-label={trash ? t`Trash` : t`Notes`}
        className={cn("flex w-full min-w-0 flex-col lg:w-84 lg:shrink-0 lg:border-line lg:border-r", id && "hidden lg:flex")}
      >
        <ListHeader trash={trash} actions={actions} />
        <NoteList trash={trash} actions={actions} />
      </section>
      <div className={cn("min-w-0 flex-1 flex-col", id ? "flex" : "hidden lg:flex")}>
        <Outlet />
      </div>
    </div>
  );
}

function ListHeader({ trash, actions }: { trash: boolean; actions: NoteActions }) {
  const { t } = useLingui();
  const { slug, can } = useWorkspace();
  const tab =
    "inline-flex h-8 items-center gap-1.5 rounded-md px-2.5 font-medium text-muted hover:bg-hover hover:text-ink aria-[current=page]:bg-active aria-[current=page]:text-ink";
  return (
    <header className="flex h-14 shrink-0 items-center justify-between gap-2 border-line border-b px-4">
      <nav aria-label={t`Lists`} className="-ml-1.5 flex gap-1">
        <Link
          to="/t/$slug/notes"
          params={{ slug }}
          search={{}}
          aria-current={trash ? undefined : "page"}
          activeProps={{}}
          className={tab}
        >
          <Trans>Notes</Trans>
        </Link>
        <Link
          to="/t/$slug/notes"
          params={{ slug }}
          search={{ view: "trash" }}
          aria-current={trash ? "page" : undefined}
          className={tab}
        >
          <Trans>Trash</Trans>
        </Link>
      </nav>
      {can("notes:write") && !trash && (
        <Button variant="primary" size="sm" pending={actions.creating} onClick={actions.create}>
          <Plus aria-hidden="true" />
          <Trans>New note</Trans>
        </Button>
      )}
    </header>
  );
}

function NoteList({ trash, actions }: { trash: boolean; actions: NoteActions }) {
  const { api, can } = useWorkspace();
  const notes = useInfiniteQuery(notesQuery(api, trash));
  const rows = notes.data?.pages.flatMap((page) => page.items) ?? [];
  if (notes.isPending) return <LoadingRows rows={6} row={<RowSkeleton />} className="divide-y divide-line" />;
  if (notes.isError && rows.length === 0) return <ErrorState error={notes.error} onRetry={() => void notes.refetch()} />;
  if (rows.length === 0) return trash ? <EmptyTrash /> : <EmptyNotes actions={actions} />;
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <ul className="divide-y divide-line border-line border-b">
        {rows.map((note) =>
          trash ? (
            <TrashRow key={note.id} note={note} onRestore={can("notes:write") ? actions.restore : undefined} />
          ) : (
            <NoteRow key={note.id} note={note} />
          ),
        )}
      </ul>
      <LoadMore query={notes} className="p-3" />
    </div>
  );
}

function EmptyNotes({ actions }: { actions: NoteActions }) {
  const { can } = useWorkspace();
  if (!can("notes:write")) {
    return (
      <EmptyState icon={<NotebookPen />} title={<Trans>No notes yet</Trans>}>
        <Trans>What other members write shows up here.</Trans>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<NotebookPen />}
      title={<Trans>Write your first note</Trans>}
      action={
        <Button variant="primary" pending={actions.creating} onClick={actions.create}>
          <Plus aria-hidden="true" />
          <Trans>New note</Trans>
        </Button>
      }
    >
      <Trans>Notes are saved while you type, and every member of this workspace can read them.</Trans>
    </EmptyState>
  );
}

function EmptyTrash() {
  return (
    <EmptyState icon={<Trash2 />} title={<Trans>The trash is empty</Trans>}>
      <Trans>Deleted notes stay here for 30 days, so that you can bring them back.</Trans>
    </EmptyState>
  );
}

function RowSkeleton() {
  return (
    <div className="grid h-21 content-center gap-2 px-4">
      <Skeleton className="h-4 w-2/3" />
      <Skeleton className="h-3.5 w-11/12" />
      <Skeleton className="h-3 w-20" />
    </div>
  );
}
