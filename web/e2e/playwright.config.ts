import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";
import { stack } from "./stack.ts";

const debianChromium = "/usr/bin/chromium";

// To record a test takes half its time again: ./scripts/e2e --trace retain-on-failure records those that fail.
export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  timeout: 120_000,
  expect: { timeout: 10_000 },
  fullyParallel: true, // each test has people and workspaces of its own, or only reads the demo ones
  workers: 2,
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    baseURL: stack.base_url,
    locale: "en-US",
    viewport: { width: 1280, height: 800 },
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: {
      executablePath: existsSync(debianChromium) ? debianChromium : undefined,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
