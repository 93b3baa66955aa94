const prefix = "draft:";

/** Keeps unsaved work of this tab through a reload or an expired session; dropped when saved and when signing out. */
export function keepDraft(id: string, draft: unknown): void {
  try {
    sessionStorage.setItem(prefix + id, JSON.stringify(draft));
  } catch {
    // Storage is full or blocked: the page itself still holds the work.
  }
}

export function readDraft<T>(id: string, isDraft: (value: unknown) => value is T): T | undefined {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(prefix + id) ?? "null");
    return isDraft(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function dropDraft(id: string): void {
  try {
    sessionStorage.removeItem(prefix + id);
  } catch {
    // Storage is blocked: there is no draft.
  }
}

export function dropDrafts(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
  } catch {
    // Storage is blocked: there are no drafts.
  }
}
