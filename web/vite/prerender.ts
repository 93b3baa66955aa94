import { fileURLToPath } from "node:url";
import { type Plugin, type PluginOption, runnerImport } from "vite";

type Rendered = { head: string; body: string };
type Renderer = { renderPage: (name: string) => Rendered };

const entry = fileURLToPath(new URL("../src/site/render.tsx", import.meta.url));

/**
 * Renders the public pages to HTML: in `<name>.html`, `<!--head-->` and `<!--body-->` become what src/site/render.tsx
 * returns for that name. No React reaches the browser on these pages.
 */
export function prerender(names: readonly string[], plugins: () => PluginOption[]): Plugin {
  return {
    name: "prerender",
    transformIndexHtml: {
      order: "pre",
      async handler(html, context) {
        const name = context.path.replace(/^\//, "").replace(/\.html$/, "");
        if (!names.includes(name)) return html;
        const { module } = await runnerImport<Renderer>(entry, {
          plugins: plugins(),
          resolve: { alias: { "@": fileURLToPath(new URL("../src", import.meta.url)) } },
          logLevel: "error",
        });
        const page = module.renderPage(name);
        return html.replace("<!--head-->", () => page.head).replace("<!--body-->", () => page.body);
      },
    },
  };
}
