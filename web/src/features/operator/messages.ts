import { catalogue } from "@/i18n";

export const loadOperatorMessages = catalogue(import.meta.glob("./locales/*.po", { import: "messages" }));
