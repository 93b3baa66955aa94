import { catalogue } from "@/i18n";

export const loadNotesMessages = catalogue(import.meta.glob("./locales/*.po", { import: "messages" }));
