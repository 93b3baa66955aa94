import { i18n, type Messages } from "@lingui/core";

type Catalogues = Record<string, () => Promise<Messages>>;

/** The language of the interface: the visitor's, where a catalogue for it exists. */
export const locale = "en";

/** The locale for dates, numbers and money: the visitor's own form of the interface's language (24-hour clock, day first). */
export const formatLocale =
  typeof navigator === "undefined" ? locale : (navigator.languages.find((l) => l.startsWith(locale)) ?? locale);

i18n.loadAndActivate({ locale, messages: {} });

/**
 * Returns a route loader that brings one catalogue in, once. Pass `import.meta.glob("./locales/*.po", { import: "messages" })`.
 */
export function catalogue(catalogues: Record<string, unknown>): () => Promise<void> {
  let loaded: Promise<void> | undefined;
  return () => {
    const load = (catalogues as Catalogues)[`./locales/${locale}.po`];
    loaded ??= load
      ? load().then((messages) => i18n.loadAndActivate({ locale, messages: { ...i18n.messages, ...messages } }))
      : Promise.resolve();
    return loaded;
  };
}

export const loadSharedMessages = catalogue(import.meta.glob("./locales/*.po", { import: "messages" }));
