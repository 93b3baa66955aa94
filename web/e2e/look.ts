import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

// axe takes its time, so it sees each theme once and each width once: colours and layout do not depend on each other.
const sizes = [
  { name: "wide", width: 1280, height: 800, axeIn: "light" },
  { name: "narrow", width: 360, height: 740, axeIn: "dark" },
] as const;

/** Looks at the page as it stands in both themes and at two widths: nothing wider than the screen, no finding of axe, a picture of each. */
export async function look(page: Page, name: string): Promise<void> {
  const viewport = page.viewportSize();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const { name: size, width, height, axeIn } of sizes) {
      await page.setViewportSize({ width, height });
      await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
      const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await expect.poll(overflow, `${name} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
      await page.screenshot({ path: `e2e/screenshots/${name}-${colorScheme}-${size}.png`, fullPage: true });
      if (axeIn !== colorScheme) continue;
      // "Legacy" leaves out frames of other origins, of which our policy allows none, and so needs no second page to join the findings.
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
      expect(found, `${name}, ${colorScheme}, ${width} px`).toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  if (viewport) await page.setViewportSize(viewport);
}
