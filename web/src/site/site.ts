import { usualCurrency } from "@/plans/currency";
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

// The prices are all in the page; the switch shows those of one interval and currency. A browser may keep the choice over a reload.
const choice = document.querySelector("[data-price-switch]");
const interval = () => choice?.querySelector<HTMLInputElement>("input:checked")?.value;
const currency = choice?.querySelector<HTMLSelectElement>("select");
if (currency)
  currency.value = usualCurrency(
    navigator.languages,
    Array.from(currency.options, ({ value }) => value),
  );
const showPrices = () => {
  for (const element of document.querySelectorAll<HTMLElement>("[data-price]")) {
    const [theirs, every = interval()] = element.dataset.price?.split(" ") ?? [];
    element.hidden = every !== interval() || (currency && theirs !== currency.value) === true;
  }
};
choice?.addEventListener("change", showPrices);
showPrices();
