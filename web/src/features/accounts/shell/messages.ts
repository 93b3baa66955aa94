import { catalogue } from "@/i18n";

export const loadShellMessages = catalogue(import.meta.glob("./locales/*.po", { import: "messages" }));
