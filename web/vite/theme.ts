import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

/**
 * Puts src/theme-boot.js first into the head of every page as a blocking same-origin file: the theme is set before the
 * first paint, and the content security policy needs no exception for an inline script.
 */
export function themeBoot(): Plugin {
  const source = readFileSync(new URL("../src/theme-boot.js", import.meta.url), "utf8");
  const hash = createHash("sha256").update(source).digest("base64url").slice(0, 8);
  let path = "/src/theme-boot.js";
  return {
    name: "theme-boot",
    configResolved(config) {
      if (config.command === "build") path = `/${config.build.assetsDir}/theme-${hash}.js`;
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: path.slice(1), source });
    },
    transformIndexHtml: {
      order: "post",
      handler: () => [{ tag: "script", attrs: { src: path }, injectTo: "head-prepend" }],
    },
  };
}
