/**
 * What a tab remembers while it is at another page or site: the token of an invitation while its owner signs in or out (an
 * address with it would end up in logs), and the page to go on to while somebody is at a provider (the server tells it only
 * to who is signed in by then: not where it asks for a second factor, nor where the provider refused).
 */
type Kept = "invitation" | "next";

/** An empty text drops what was kept. */
export function keepInTab(what: Kept, text: string): void {
  try {
    if (text) sessionStorage.setItem(what, text);
    else sessionStorage.removeItem(what);
  } catch {
    // Storage is blocked: who comes back finds nothing kept.
  }
}

export function keptInTab(what: Kept): string {
  try {
    return sessionStorage.getItem(what) ?? "";
  } catch {
    return "";
  }
}
