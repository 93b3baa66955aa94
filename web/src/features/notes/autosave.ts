import { asProblem, type Problem } from "@/api/problem";
import type { Note } from "@/api/types";

export type Text = { title: string; body: string };
export type Draft = Text & { version: number };

export type SaveState = {
  /** What the person sees and edits. */
  text: Text;
  /** The note as the server has it, as far as this page knows. */
  saved: Note;
  status: "saved" | "edited" | "saving" | "retrying" | "refused" | "conflict" | "gone";
  /** With "retrying" and "refused": why. */
  problem?: Problem;
  /** With "conflict": the note as somebody else saved it. */
  theirs?: Note;
};

type Options = {
  note: Note;
  /** The title of a note whose title was emptied: the server wants one. */
  untitled: string;
  /** Unsaved text found from an earlier visit. */
  draft?: Draft;
  save: (change: Partial<Text> & { version: number }) => Promise<Note>;
  load: () => Promise<Note>;
  /** Keeps unsaved text safe outside of the page; undefined when there is none any more. */
  keep: (draft: Draft | undefined) => void;
  onSaved?: (note: Note) => void;
};

const pauseMs = 700;
const longestMs = 4_000;
const firstRetryMs = 2_000;
const longestRetryMs = 30_000;

/**
 * Saves a note while it is written: after a pause, one request at a time, each with the version it was written on.
 * Text is never dropped: it stays here and in `keep` until the server has it or the person chose the other version.
 */
export class Autosave {
  readonly #options: Options;
  readonly #listeners = new Set<() => void>();
  #state: SaveState;
  // The text that the server has accepted last. It may keep it in another form (a title without space around it), which is
  // no reason to change what the person sees, nor to save again.
  #accepted: Text;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #editedAt: number | undefined;
  #retryMs = firstRetryMs;
  #running: Promise<void> | undefined;

  constructor(options: Options) {
    this.#options = options;
    const { note, draft } = options;
    const kept = draft && !sameText(draft, note);
    this.#state = {
      text: { title: kept ? draft.title : note.title, body: kept ? draft.body : note.body },
      saved: kept ? { ...note, version: draft.version } : note,
      status: kept ? "edited" : "saved",
    };
    this.#accepted = note;
    if (kept) this.#schedule(0);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  state = (): SaveState => this.#state;

  edit(change: Partial<Text>): void {
    const text = { ...this.#state.text, ...change };
    this.#keep(text);
    const { status } = this.#state;
    if (status === "conflict" || status === "gone") {
      this.#set({ text });
      return;
    }
    this.#set({ text, status: status === "saving" ? "saving" : "edited", problem: undefined });
    this.#editedAt ??= Date.now();
    this.#schedule(Math.max(0, Math.min(pauseMs, this.#editedAt + longestMs - Date.now())));
  }

  /** Saves now what is not saved; resolves when that attempt is over. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#running) await this.#running;
    const { status } = this.#state;
    if (status === "edited" || status === "retrying" || status === "refused") await this.#run();
  }

  /** In a conflict: saves this text over theirs. */
  keepMine(): Promise<void> {
    const { theirs } = this.#state;
    if (!theirs) return Promise.resolve();
    this.#accepted = theirs;
    this.#set({ saved: theirs, theirs: undefined, status: "edited" });
    return this.flush();
  }

  /** In a conflict: drops this text for theirs. */
  takeTheirs(): void {
    const { theirs } = this.#state;
    if (!theirs) return;
    this.#options.keep(undefined);
    this.#accepted = theirs;
    this.#set({ text: { title: theirs.title, body: theirs.body }, saved: theirs, theirs: undefined, status: "saved" });
    this.#options.onSaved?.(theirs);
  }

  /** Takes in a newer state of the note from the server, unless there is work here that it does not have. */
  receive(note: Note): void {
    const { status, saved } = this.#state;
    if (status !== "saved" || note.version <= saved.version) return;
    this.#accepted = note;
    this.#set({ text: { title: note.title, body: note.body }, saved: note });
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), ms);
  }

  #run(): Promise<void> {
    this.#running = this.#save().finally(() => {
      this.#running = undefined;
      if (this.#state.status === "edited") this.#schedule(pauseMs);
    });
    return this.#running;
  }

  async #save(): Promise<void> {
    const { text, saved } = this.#state;
    this.#editedAt = undefined;
    const change: Partial<Text> = {};
    if (text.title !== this.#accepted.title) change.title = text.title.trim() || this.#options.untitled;
    if (text.body !== this.#accepted.body) change.body = text.body;
    if (Object.keys(change).length === 0) return this.#settle(saved, text);
    this.#set({ status: "saving" });
    try {
      this.#settle(await this.#options.save({ ...change, version: saved.version }), text);
    } catch (error) {
      await this.#fail(asProblem(error));
    }
  }

  #settle(note: Note, accepted: Text): void {
    const { text } = this.#state;
    this.#retryMs = firstRetryMs;
    this.#accepted = accepted;
    const clean = sameText(text, accepted);
    this.#set({ saved: note, status: clean ? "saved" : "edited", problem: undefined });
    this.#keep(text);
    this.#options.onSaved?.(note);
  }

  async #fail(problem: Problem): Promise<void> {
    if (problem.code === "version_conflict") return this.#compare();
    if (problem.status === 404 || problem.code === "note_in_trash") return this.#set({ status: "gone", problem });
    if (!problem.temporary) return this.#set({ status: "refused", problem });
    this.#set({ status: "retrying", problem });
    this.#schedule(Math.max(this.#retryMs, (problem.retryAfter ?? 0) * 1000));
    this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
  }

  // A newer version need not be a conflict: it may hold our own text (an answer that got lost).
  async #compare(): Promise<void> {
    try {
      const theirs = await this.#options.load();
      if (sameText(this.#state.text, theirs)) return this.#settle(theirs, theirs);
      this.#set({ status: "conflict", theirs, problem: undefined });
    } catch (error) {
      await this.#fail(asProblem(error));
    }
  }

  #keep(text: Text): void {
    const { saved } = this.#state;
    this.#options.keep(sameText(text, this.#accepted) ? undefined : { ...text, version: saved.version });
  }

  #set(change: Partial<SaveState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

function sameText(a: Text, b: Text): boolean {
  return a.title === b.title && a.body === b.body;
}
