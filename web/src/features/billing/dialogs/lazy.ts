import { lazy } from "react";
import { loadDialogMessages } from "./messages";

// The code and the texts of a dialog come when it is opened.
export const CancelDialog = lazy(async () => {
  const [module] = await Promise.all([import("./cancel-dialog"), loadDialogMessages()]);
  return { default: module.CancelDialog };
});

export const ChangeDialog = lazy(async () => {
  const [module] = await Promise.all([import("./change-dialog"), loadDialogMessages()]);
  return { default: module.ChangeDialog };
});

export const PauseDialog = lazy(async () => {
  const [module] = await Promise.all([import("./pause-dialog"), loadDialogMessages()]);
  return { default: module.PauseDialog };
});
