import { catalogue } from "@/i18n";

export const loadAccountsMessages = catalogue(import.meta.glob("./locales/*.po", { import: "messages" }));
