import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

// What is checked: colours and layout do not depend on each other, so each theme and each width is seen once.
const checked = [
  { colorScheme: "light", size: "wide", width: 1280, height: 800, axe: true },
  { colorScheme: "dark", size: "narrow", width: 360, height: 740, axe: true },
] as const;

// What is only pictured, when pictures are wanted: PICTURES=1 ./scripts/e2e writes them to e2e/screenshots.
const pictured = [
  { ...checked[0], colorScheme: "dark", axe: false },
  { ...checked[1], colorScheme: "light", axe: false },
] as const;
const pictures = Boolean(process.env.PICTURES);

/** Looks at the page as it stands, wide in the light and narrow in the dark: nothing wider than the screen, no finding of axe. */
export async function look(page: Page, name: string): Promise<void> {
  const viewport = page.viewportSize();
  for (const { colorScheme, size, width, height, axe } of pictures ? [...checked, ...pictured] : checked) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await expect(page.locator("html")).toHaveAttribute("data-theme", colorScheme);
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await expect.poll(overflow, `${name} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
    if (pictures) await page.screenshot({ path: `e2e/screenshots/${name}-${colorScheme}-${size}.png`, fullPage: true });
    if (!axe) continue;
    // "Legacy" leaves out frames of other origins, of which our policy allows none, and so needs no second page to join the findings.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
    expect(found, `${name}, ${colorScheme}, ${width} px`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: "light" });
  if (viewport) await page.setViewportSize(viewport);
}
