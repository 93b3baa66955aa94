import { catalogue } from "@/i18n";

export const loadApiKeysMessages = catalogue(import.meta.glob("./locales/*.po", { import: "messages" }));
