import { catalogue } from "@/i18n";

export const loadPlanMessages = catalogue(import.meta.glob("./locales/*.po", { import: "messages" }));
