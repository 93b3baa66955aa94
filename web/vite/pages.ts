import type { Plugin } from "vite";

/** In development, answers the addresses of the pages as the Go server does: clean names, and the app for all others. */
export function pages(clean: Record<string, string>): Plugin {
  return {
    name: "pages",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const [path = "/", query] = (request.url ?? "/").split("?");
        const page = clean[path] ?? (isAppPath(path, request.headers.accept) ? "/app.html" : undefined);
        if (page) request.url = query ? `${page}?${query}` : page;
        next();
      });
    },
  };
}

function isAppPath(path: string, accept = "") {
  return (
    accept.includes("text/html") &&
    !/^\/(api|hooks|\.well-known|@|src\/|node_modules\/)/.test(path) &&
    !/\.[a-z0-9]+$/i.test(path)
  );
}
