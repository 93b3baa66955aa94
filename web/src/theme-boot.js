// Runs before the first paint on every page: the stored choice is "light", "dark" or "system".
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let choice = "system";
    try {
      choice = localStorage.getItem("theme") || choice;
    } catch {
      // Storage is blocked: follow the system.
    }
    root.dataset.theme = choice === "light" || choice === "dark" ? choice : system.matches ? "dark" : "light";
  };
  apply();
  system.addEventListener("change", apply);
  addEventListener("storage", apply);
  addEventListener("themechange", apply);
})();
