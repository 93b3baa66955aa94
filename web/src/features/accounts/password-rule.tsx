import { Trans } from "@lingui/react/macro";

/** The shortest password the server takes where it is the only factor. */
export const minPasswordLength = 15;

export function PasswordHint() {
  return <Trans>At least {minPasswordLength} characters. A few words in a row are easy to remember and hard to guess.</Trans>;
}
