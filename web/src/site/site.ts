import { chooseTheme } from "@/theme";

// All the script that the public pages have: the theme button, and the way into the app for who is signed in.
document.querySelector("[data-theme-toggle]")?.addEventListener("click", () => {
  chooseTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
});

let signedIn = false;
try {
  signedIn = localStorage.getItem("signed-in") === "1";
} catch {
  // Storage is blocked: show the way to sign in.
}
for (const element of document.querySelectorAll<HTMLElement>("[data-signed-in]")) element.hidden = !signedIn;
for (const element of document.querySelectorAll<HTMLElement>("[data-signed-out]")) element.hidden = signedIn;
