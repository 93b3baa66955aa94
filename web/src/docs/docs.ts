import "swagger-ui-dist/swagger-ui.css";
import "./docs.css";
import SwaggerUI from "swagger-ui-dist/swagger-ui-es-bundle.js";

const root = document.documentElement;
const followTheme = () => root.classList.toggle("dark-mode", root.dataset.theme === "dark");
followTheme();
new MutationObserver(followTheme).observe(root, { attributeFilter: ["data-theme"] });

SwaggerUI({
  dom_id: "#docs",
  url: "/api/openapi.json",
  // Its deep links are links inside buttons, which keyboards and screen readers cannot tell apart.
  deepLinking: false,
  validatorUrl: null,
  displayRequestDuration: true,
  tagsSorter: "alpha",
  docExpansion: "none", // a hundred operations at once are slow to show and hard to survey
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  onComplete: mendOutline,
});

// It skips levels of headings, and leaves its introduction outside of every landmark.
function mendOutline() {
  for (const heading of document.querySelectorAll(".swagger-ui h3.opblock-tag, .swagger-ui section.models > h4")) {
    heading.setAttribute("aria-level", "2");
    heading.setAttribute("role", "heading");
  }
  const about = document.querySelector(".swagger-ui .information-container");
  about?.setAttribute("role", "region");
  about?.setAttribute("aria-label", document.title);
}
