import type { LinguiConfig } from "@lingui/conf";
import { formatter } from "@lingui/format-po";

// One catalogue for what every page shares, one for the public pages, and one inside each feature, so that a page loads
// only its own texts and a feature leaves with its folder.
const config: LinguiConfig = {
  locales: ["en"],
  sourceLocale: "en",
  format: formatter({ lineNumbers: false, origins: false }),
  catalogs: [
    {
      path: "<rootDir>/src/locales/{locale}",
      include: ["<rootDir>/src"],
      exclude: ["<rootDir>/src/features/**", "<rootDir>/src/site/**", "**/*.test.*"],
    },
    { path: "<rootDir>/src/site/locales/{locale}", include: ["<rootDir>/src/site"] },
    {
      path: "<rootDir>/src/features/{name}/locales/{locale}",
      include: ["<rootDir>/src/features/{name}/"],
      exclude: ["<rootDir>/src/features/accounts/{settings,shell,workspace}/**", "**/*.test.*"],
    },
    // Apart from the texts of signing in, which come with the first page.
    ...["settings", "shell", "workspace"].map((part) => ({
      path: `<rootDir>/src/features/accounts/${part}/locales/{locale}`,
      include: [`<rootDir>/src/features/accounts/${part}/`],
      exclude: ["**/*.test.*"],
    })),
  ],
};

export default config;
