import { catalogue } from "@/i18n";
import { loadPlanMessages } from "@/plans/messages";

const loadOwn = catalogue(import.meta.glob("./locales/*.po", { import: "messages" }));

export const loadDialogMessages = () => Promise.all([loadOwn(), loadPlanMessages()]);
