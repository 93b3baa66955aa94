import { fileURLToPath } from "node:url";
import { lingui } from "@lingui/vite-plugin";
import tailwind from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { compress } from "./vite/compress.ts";
import { macros } from "./vite/lingui-macro.ts";
import { pages } from "./vite/pages.ts";
import { prerender } from "./vite/prerender.ts";
import { themeBoot } from "./vite/theme.ts";

const api = process.env.API_URL ?? "http://localhost:8080";
const texts = () => [macros(), lingui({ failOnCompileError: true })];

export default defineConfig({
  plugins: [
    pages({ "/": "/index.html", "/terms": "/terms.html", "/privacy": "/privacy.html", "/api/docs": "/docs.html" }),
    tanstackRouter({ target: "react", autoCodeSplitting: true, quoteStyle: "double", semicolons: true, routeFileIgnorePattern: "\\.test\\." }),
    texts(),
    react(),
    tailwind(),
    themeBoot(),
    prerender(["index", "terms", "privacy"], texts),
    compress(),
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "dist/app",
    emptyOutDir: true,
    target: "es2022",
    manifest: true,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1600,
    rolldownOptions: { input: ["index.html", "terms.html", "privacy.html", "app.html", "docs.html"] },
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
