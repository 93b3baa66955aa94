import { type InfiniteData, infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { type Api, take } from "@/api/client";
import type { Note, NotePage } from "@/api/types";

const pageSize = 30;
const listKey = ["notes"] as const;
const pagesKey = (trash: boolean) => [...listKey, { trash }] as const;
const noteKey = (id: string) => ["note", id] as const;

export function notesQuery(api: Api, trash: boolean) {
  return infiniteQueryOptions({
    queryKey: pagesKey(trash),
    queryFn: ({ pageParam, signal }) =>
      take(api.GET("/api/v1/notes", { params: { query: { trash, limit: pageSize, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor || undefined,
  });
}

export function noteQuery(api: Api, id: string) {
  return queryOptions({
    queryKey: noteKey(id),
    queryFn: ({ signal }) => take(api.GET("/api/v1/notes/{id}", { params: { path: { id } }, signal })),
  });
}

export const createNote = (api: Api, title: string): Promise<Note> =>
  take(api.POST("/api/v1/notes", { body: { title, body: "" } }));

export const restoreNote = (api: Api, id: string): Promise<Note> =>
  take(api.POST("/api/v1/notes/{id}/restore", { params: { path: { id } } }));

type Pages = InfiniteData<NotePage, string | undefined>;

/** Puts a saved note into the caches: the open note and its row, which keeps its place while it is being written. */
export function showSaved(client: QueryClient, note: Note): void {
  client.setQueryData(noteKey(note.id), note);
  client.setQueryData<Pages>(pagesKey(false), (data) => mapItems(data, (other) => (other.id === note.id ? note : other)));
}

/** Puts a new note on top of the list. */
export function showNew(client: QueryClient, note: Note): void {
  client.setQueryData(noteKey(note.id), note);
  client.setQueryData<Pages>(pagesKey(false), (data) => {
    const [first, ...rest] = data?.pages ?? [];
    return data && first ? { ...data, pages: [{ ...first, items: [note, ...first.items] }, ...rest] } : data;
  });
}

/** Takes a note out of the list (or out of the trash) before the server has answered. */
export function hideNote(client: QueryClient, id: string, trash: boolean): void {
  client.setQueryData<Pages>(pagesKey(trash), (data) => mapItems(data, (note) => (note.id === id ? undefined : note)));
}

/** Asks for the lists again; to be called when the server has changed them. */
export function refreshNotes(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: listKey });
}

function mapItems(data: Pages | undefined, change: (note: Note) => Note | undefined): Pages | undefined {
  return (
    data && {
      ...data,
      pages: data.pages.map((page) => ({ ...page, items: page.items.map(change).filter((note) => note !== undefined) })),
    }
  );
}
