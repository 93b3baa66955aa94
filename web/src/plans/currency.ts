// The regions that pay in euro; what is not listed pays in the first currency of the price list.
const euro = "AD AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MC ME MT NL PT SI SK SM VA XK";
const byRegion: Readonly<Record<string, string>> = {
  ...Object.fromEntries(euro.split(" ").map((region) => [region, "eur"])),
  GB: "gbp",
  CH: "chf",
  CA: "cad",
  AU: "aud",
  JP: "jpy",
};

/** The currency to begin with for a browser with these languages: that of the first region among them, where we sell in it. */
export function usualCurrency(languages: readonly string[], sold: readonly string[]): string {
  const region = languages.map((language) => /-([A-Z]{2})\b/.exec(language)?.[1]).find(Boolean);
  const usual = region && byRegion[region];
  return usual && sold.includes(usual) ? usual : (sold[0] ?? "usd");
}
