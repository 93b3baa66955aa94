import { catalogue } from "@/i18n";

export const loadFactorsMessages = catalogue(import.meta.glob("./locales/*.po", { import: "messages" }));
