const key = "signed-in";

/** Notes for the public pages that somebody is signed in here. It is no credential: it only changes what buttons say. */
export function rememberSignedIn(): void {
  try {
    localStorage.setItem(key, "1");
  } catch {
    // Storage is blocked: the buttons stay as they are.
  }
}

export function forgetSignedIn(): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Storage is blocked: there was nothing to forget.
  }
}
