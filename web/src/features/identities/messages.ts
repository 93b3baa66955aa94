import { catalogue } from "@/i18n";

export const loadIdentitiesMessages = catalogue(import.meta.glob("./locales/*.po", { import: "messages" }));
