import { describe, expect, it } from "vitest";

// What a folder may not import, by the beginning of the imported module.
const fences: { in: RegExp; never: (file: RegExpMatchArray) => RegExp; because: string }[] = [
  {
    in: /^src\/features\/(\w+)\//,
    never: ([, name]) => new RegExp(`^@/features/(?!${name}/)|^@/routes/|^\\.\\./`),
    because: "a feature leaves with its folder",
  },
  { in: /^src\/(api|components)\//, never: () => /features\/|routes\//, because: "what is shared knows no feature" },
  { in: /^src\/site\//, never: () => /features\/|routes\/|api\/client/, because: "the public pages carry no app" },
];

describe("imports", () => {
  const sources = import.meta.glob<string>("./**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });

  it.each(Object.entries(sources))("%s stays within its fence", (path, source) => {
    const file = path.replace("./", "src/");
    const imported = [...source.matchAll(/(?:from|import)\s*\(?"([^"]+)"/g)].map((match) => match[1] ?? "");
    for (const fence of fences) {
      const place = file.match(fence.in);
      if (!place) continue;
      expect(
        imported.filter((module) => fence.never(place).test(module)),
        fence.because,
      ).toEqual([]);
    }
  });
});
