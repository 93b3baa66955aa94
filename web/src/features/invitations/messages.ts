import { catalogue } from "@/i18n";

export const loadInvitationsMessages = catalogue(import.meta.glob("./locales/*.po", { import: "messages" }));
