/** What the visitor chose; "system" follows the device. Applied by theme-boot.js, which runs before the first paint. */
export type ThemeChoice = "light" | "dark" | "system";

export const themeChoices: readonly ThemeChoice[] = ["light", "dark", "system"];

export function themeChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem("theme");
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}

/** Stores the choice for this browser and applies it at once, in other tabs too. */
export function chooseTheme(choice: ThemeChoice) {
  try {
    localStorage.setItem("theme", choice);
  } catch {
    // Storage is blocked: the choice lasts as long as the page follows the system anyway.
  }
  dispatchEvent(new Event("themechange"));
}
