import { catalogue } from "@/i18n";

export const loadSettingsMessages = catalogue(import.meta.glob("./locales/*.po", { import: "messages" }));
