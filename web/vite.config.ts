import { fileURLToPath } from "node:url";
import { lingui } from "@lingui/vite-plugin";
import tailwind from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { finish } from "./vite/finish.ts";
import { macros } from "./vite/lingui-macro.ts";
import { pages } from "./vite/pages.ts";
import { prerender } from "./vite/prerender.ts";
import { themeBoot } from "./vite/theme.ts";

const api = process.env.API_URL ?? "http://localhost:8080";
const texts = () => [macros(), lingui({ failOnCompileError: true })];

// What goes together into one file, because the same pages need it: small files compress badly. `npm run budget` weighs them.
const chunks = [
  {
    name: "vendor",
    test: /node_modules\/(react|react-dom|scheduler|@tanstack\/(react-router|router-core|history|react-store|store)|@lingui|openapi-fetch)\//,
  },
  {
    name: "base",
    test: src(
      "brand|i18n|safe-next|api/(client|guard|problem|session|signed-in-hint)|features/accounts/(enter|other-ways-later)|components/(form|full-page|auth-layout|password-input|logo|states|problem-text|ui/(button|callout|cn|input|skeleton|spinner|text-link))",
    ),
  },
  // The part of a route file that is not its page, which the router plugin splits off with a query.
  { name: "routes", test: src("routeTree\\.gen|routes/.+|features/\\w+/((settings|shell|workspace)/)?messages") },
  { name: "query", test: /node_modules\/@tanstack\/(react-query|query-core)\// },
  {
    name: "workspace",
    test: src(
      "format|api/(workspace|queries|drafts)|components/(app-shell|load-more|time|toast|ui/(avatar|badge|card|deferred-menu))",
    ),
  },
];

function src(paths: string) {
  return new RegExp(`/src/(${paths})\\.tsx?$`);
}

export default defineConfig({
  plugins: [
    pages({ "/": "/index.html", "/terms": "/terms.html", "/privacy": "/privacy.html", "/api/docs": "/docs.html" }),
    tanstackRouter({
      target: "react",
      autoCodeSplitting: true,
      quoteStyle: "double",
      semicolons: true,
      routeFileIgnorePattern: "\\.test\\.",
    }),
    texts(),
    react(),
    tailwind(),
    themeBoot(),
    prerender(["index", "terms", "privacy", "docs", "app"], texts),
    finish(),
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "dist/app",
    emptyOutDir: true,
    target: "es2022",
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1600,
    rolldownOptions: {
      input: ["index.html", "terms.html", "privacy.html", "app.html", "docs.html"],
      // Every page's list of files is in the first load: short names keep it small. `dist/manifest.json` tells what is in which.
      output: { codeSplitting: { groups: chunks }, chunkFileNames: "assets/[hash].js" },
    },
  },
  server: {
    strictPort: true,
    proxy: Object.fromEntries(
      ["^/api/(?!docs$)", "/hooks", "/.well-known"].map((path) => [path, { target: api, changeOrigin: false }]),
    ),
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}", "vite/**/*.test.ts"],
    setupFiles: ["src/test-setup.ts"],
  },
});
