import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { createRouter, RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ErrorPage, NotFoundPage, PendingPage } from "./components/full-page";
import { loadSharedMessages } from "./i18n";
import { routeTree } from "./routeTree.gen";

const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  defaultPendingMs: 400,
  defaultPendingComponent: PendingPage,
  defaultNotFoundComponent: NotFoundPage,
  defaultErrorComponent: ErrorPage,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  // biome-ignore lint/style/useConsistentTypeDefinitions: only an interface can be added to
  interface Register {
    router: typeof router;
  }
  // biome-ignore lint/style/useConsistentTypeDefinitions: only an interface can be added to
  interface HistoryState {
    /** The address that a mail was just sent to. */
    email?: string;
    /** Whether the note was just made, so that the cursor goes to its title. */
    fresh?: boolean;
  }
}

const host = document.getElementById("app");
if (!host) throw new Error("app.html has no #app");

// The page's code, its texts and its data come side by side, before anything is drawn.
await Promise.all([loadSharedMessages(), router.load()]);
createRoot(host).render(
  <StrictMode>
    <I18nProvider i18n={i18n}>
      <RouterProvider router={router} />
    </I18nProvider>
  </StrictMode>,
);
