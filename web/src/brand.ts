/** What makes the product look and sound like itself, together with the tokens in styles.css. A fork changes these two. */
export const brand = {
  name: "SaaSKit",
  tagline: "Notes your whole team can rely on",
  company: "SaaSKit, Inc.",
  supportEmail: "support@example.com",
  /** The path of the mark in a 24 x 24 box, drawn in the current colour. */
  mark: "M12 2 21 7v10l-9 5-9-5V7l9-5Zm0 3.2L6 8.5v.9l6 3.4 6-3.4v-.9l-6-3.3Zm-6 7.5v2.8l6 3.3 6-3.3v-2.8l-6 3.4-6-3.4Z",
} as const;
