/**
 * The page to go on to after signing in, if `next` is a path of this site; otherwise the fallback. A browser reads
 * "//host", "/\host" and paths with control characters as other sites, so the path is judged as the browser will read it.
 */
export function safeNext(next: unknown, fallback: string, origin = location.origin): string {
  if (typeof next !== "string" || !next.startsWith("/") || hasOddCharacter(next)) return fallback;
  try {
    const url = new URL(next, origin);
    const path = url.pathname + url.search + url.hash;
    return url.origin === origin && !path.startsWith("//") ? path : fallback;
  } catch {
    return fallback;
  }
}

function hasOddCharacter(text: string): boolean {
  return [...text].some((character) => character === "\\" || character < " " || character === "\u007f");
}
