/** The look of a link inside a text. */
export const textLink =
  "rounded-sm font-medium text-accent-text underline decoration-accent-text/40 underline-offset-4 hover:decoration-accent-text";
