import type { LinguiConfig } from "@lingui/conf";
import { formatter } from "@lingui/format-po";

// What only the pages of a workspace show has its texts in the catalogue of their frame: nobody who signs in waits for them.
const workspaceOnly = [
  "<rootDir>/src/routes/t/$slug",
  "<rootDir>/src/components/permission-grid.tsx",
  "<rootDir>/src/components/permission-groups.ts",
];

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
      exclude: [
        "<rootDir>/src/features/**",
        "<rootDir>/src/plans/**",
        "<rootDir>/src/site/**",
        ...workspaceOnly.map((path) => `${path}/**`),
        ...workspaceOnly,
        "**/*.test.*",
      ],
    },
    { path: "<rootDir>/src/plans/locales/{locale}", include: ["<rootDir>/src/plans"], exclude: ["**/*.test.*"] },
    { path: "<rootDir>/src/site/locales/{locale}", include: ["<rootDir>/src/site"] },
    {
      path: "<rootDir>/src/features/{name}/locales/{locale}",
      include: ["<rootDir>/src/features/{name}/"],
      exclude: [
        "<rootDir>/src/features/accounts/{settings,shell,workspace}/**",
        "<rootDir>/src/features/billing/{dialogs,notices}/**",
        "**/*.test.*",
      ],
    },
    // Apart from the texts of signing in and of the billing page, which come with the first page.
    ...["accounts/settings", "accounts/shell", "accounts/workspace", "billing/dialogs", "billing/notices"].map((part) => ({
      path: `<rootDir>/src/features/${part}/locales/{locale}`,
      include: [`<rootDir>/src/features/${part}/`, ...(part === "accounts/shell" ? workspaceOnly : [])],
      exclude: ["**/*.test.*"],
    })),
  ],
};

export default config;
