import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import type { Note } from "@/api/types";
import { Autosave, type Draft } from "./autosave";

const at = "2026-05-01T12:00:00Z";
const first: Note = { id: "n1", title: "Milk", body: "one", version: 1, created_at: at, updated_at: at };
const conflict = new Problem(409, { code: "version_conflict" });
const offline = new Problem(0, { code: "network" });

/** A server that keeps one note as the real one does: trimmed titles, and a version that must match. */
function world({ note = first, draft }: { note?: Note; draft?: Draft } = {}) {
  const server = { note, down: undefined as Problem | undefined };
  const kept: { draft: Draft | undefined } = { draft };
  const save = vi.fn(async ({ version, title, body }: { version: number; title?: string; body?: string }) => {
    if (server.down) throw server.down;
    if (version !== server.note.version) throw conflict;
    const { note: old } = server;
    server.note = { ...old, title: title?.trim() ?? old.title, body: body ?? old.body, version: old.version + 1 };
    return server.note;
  });
  const load = async () => server.note;
  const keep = (next: Draft | undefined) => {
    kept.draft = next;
  };
  return { server, kept, save, autosave: new Autosave({ note, draft, untitled: "Untitled", save, load, keep }) };
}

describe("autosave", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("saves after a pause, once, only what changed, with the version it was written on", async () => {
    const { autosave, save, kept } = world();
    for (const body of ["one t", "one tw", "one two"]) {
      autosave.edit({ body });
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(kept.draft).toEqual({ title: "Milk", body: "one two", version: 1 });
    await vi.advanceTimersByTimeAsync(2000);
    expect(save.mock.calls).toEqual([[{ body: "one two", version: 1 }]]);
    expect(autosave.state()).toMatchObject({ status: "saved", saved: { version: 2 } });
    expect(kept.draft).toBeUndefined();
  });

  it("saves now and then while somebody writes without a pause", async () => {
    const { autosave, save } = world();
    for (let i = 0; i < 100; i++) {
      autosave.edit({ body: `one ${i}` });
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(save.mock.calls.length).toBeGreaterThanOrEqual(2);
    expect(save.mock.calls.length).toBeLessThanOrEqual(4);
  });

  it("keeps what the person sees when the server stores it in another form", async () => {
    const { autosave, server, save } = world();
    autosave.edit({ title: "Milk and " });
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.note.title).toBe("Milk and");
    expect(autosave.state()).toMatchObject({ status: "saved", text: { title: "Milk and " } });
    autosave.edit({ title: "" });
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.note.title).toBe("Untitled");
    expect(save).toHaveBeenCalledTimes(2);
  });

  it("saves what was typed while a save was on its way", async () => {
    const { autosave, server } = world();
    autosave.edit({ body: "a" });
    const flushing = autosave.flush();
    autosave.edit({ body: "ab" });
    await flushing;
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.note).toMatchObject({ body: "ab", version: 3 });
    expect(autosave.state().status).toBe("saved");
  });

  it("loses nothing while the server is away, and saves when it is back", async () => {
    const { autosave, server, kept } = world();
    server.down = offline;
    autosave.edit({ body: "written on a train" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(autosave.state()).toMatchObject({ status: "retrying", text: { body: "written on a train" } });
    expect(kept.draft?.body).toBe("written on a train");
    server.down = undefined;
    await vi.advanceTimersByTimeAsync(31_000);
    expect(server.note.body).toBe("written on a train");
    expect(autosave.state().status).toBe("saved");
  });

  it("shows both texts in a conflict and keeps mine", async () => {
    const { autosave, server } = world();
    server.note = { ...first, body: "theirs", version: 2 };
    autosave.edit({ body: "mine" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(autosave.state()).toMatchObject({ status: "conflict", text: { body: "mine" }, theirs: { body: "theirs" } });
    autosave.edit({ body: "mine, longer" });
    await vi.advanceTimersByTimeAsync(5000);
    expect(server.note.body).toBe("theirs");
    await autosave.keepMine();
    expect(server.note).toMatchObject({ body: "mine, longer", version: 3 });
    expect(autosave.state()).toMatchObject({ status: "saved", theirs: undefined });
  });

  it("takes theirs when asked to", async () => {
    const { autosave, server, kept } = world();
    server.note = { ...first, body: "theirs", version: 2 };
    autosave.edit({ body: "mine" });
    await vi.advanceTimersByTimeAsync(1000);
    autosave.takeTheirs();
    expect(autosave.state()).toMatchObject({ status: "saved", text: { body: "theirs" } });
    expect(kept.draft).toBeUndefined();
    autosave.edit({ body: "theirs and mine" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.note.body).toBe("theirs and mine");
  });

  it("sees no conflict where the newer version holds its own text", async () => {
    const { autosave, server } = world();
    server.note = { ...first, body: "mine", version: 2 };
    autosave.edit({ body: "mine" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(autosave.state()).toMatchObject({ status: "saved", saved: { version: 2 } });
  });

  it("brings unsaved text back after a reload, and asks if the note changed meanwhile", async () => {
    const same = world({ draft: { title: "Milk", body: "unsaved", version: 1 } });
    await vi.advanceTimersByTimeAsync(1000);
    expect(same.server.note.body).toBe("unsaved");

    const changed = world({
      note: { ...first, body: "theirs", version: 2 },
      draft: { title: "Milk", body: "unsaved", version: 1 },
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(changed.autosave.state()).toMatchObject({ status: "conflict", text: { body: "unsaved" }, theirs: { body: "theirs" } });
  });

  it("keeps the text when the note was deleted, and when the server refuses it", async () => {
    const gone = world();
    gone.server.down = new Problem(409, { code: "note_in_trash" });
    gone.autosave.edit({ body: "late" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(gone.autosave.state()).toMatchObject({ status: "gone", text: { body: "late" } });

    const refused = world();
    refused.server.down = new Problem(422, { code: "invalid_input" });
    refused.autosave.edit({ body: "too long" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(refused.save).toHaveBeenCalledTimes(1);
    expect(refused.autosave.state()).toMatchObject({ status: "refused", text: { body: "too long" } });
  });

  it("takes in a newer note only when there is nothing to lose", async () => {
    const { autosave } = world();
    autosave.receive({ ...first, body: "newer", version: 2 });
    expect(autosave.state().text.body).toBe("newer");
    autosave.edit({ body: "mine" });
    autosave.receive({ ...first, body: "newest", version: 3 });
    expect(autosave.state().text.body).toBe("mine");
  });
});
