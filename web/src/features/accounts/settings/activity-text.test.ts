import { i18n } from "@lingui/core";
import { expect, it } from "vitest";
import { activityText } from "./activity-text";

it("an entry of the security log is said in words, a new kind by its key", () => {
  expect(activityText(i18n, "user.sign_in")).toBe("You signed in");
  expect(activityText(i18n, "user.brand_new_thing")).toBe("Brand new thing");
  expect(activityText(i18n, "session.refresh_reused")).toBe("Session refresh reused");
});
