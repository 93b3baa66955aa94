const key = "invitation";

/** Keeps the token of an invitation in this tab while its owner signs in or out: an address with it would end up in logs. */
export function keepToken(token: string): void {
  try {
    sessionStorage.setItem(key, token);
  } catch {
    // Storage is blocked: the person opens the link in the mail again.
  }
}

export function keptToken(): string {
  try {
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

export function dropToken(): void {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // Storage is blocked: there is nothing to drop.
  }
}
