import { catalogue } from "@/i18n";

export const loadBillingMessages = catalogue(import.meta.glob("./locales/*.po", { import: "messages" }));
