import { catalogue } from "@/i18n";

export const loadWorkspaceMessages = catalogue(import.meta.glob("./locales/*.po", { import: "messages" }));
