// Fails when what a page loads first has grown over its budget (kB of gzipped script). Run it after a build.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", dist), "utf8"));

const shared = ["app.html", "src/locales/en.po"];
const route = (name) => `src/routes/${name}.tsx?tsr-split=component`;
const account = [...shared, "src/features/accounts/locales/en.po"];
const workspace = [...shared, "src/features/accounts/shell/locales/en.po", route("t/$slug/route")];
const notes = [...workspace, "src/features/notes/locales/en.po", route("t/$slug/notes/route")];

/** What each page needs before it can be used: entries of the manifest, with all that they import. */
const pages = [
  { name: "landing", budget: 10, files: scriptsOf("index.html") },
  { name: "terms", budget: 10, files: scriptsOf("terms.html") },
  { name: "privacy", budget: 10, files: scriptsOf("privacy.html") },
  ...["sign-in", "sign-up", "verify", "forgot", "reset", "check-mail"].map((name) => ({
    name,
    budget: 115,
    entries: [...account, route(name)],
  })),
  { name: "notes", budget: 140, entries: [...notes, route("t/$slug/notes/index")] },
  { name: "note", budget: 140, entries: [...notes, route("t/$slug/notes/$id")] },
  {
    name: "billing",
    budget: 140,
    entries: [
      ...workspace,
      "src/features/billing/locales/en.po",
      route("t/$slug/settings/route"),
      route("t/$slug/settings/billing"),
    ],
  },
];

/** The scripts of a page without an app: all that its HTML names. */
function scriptsOf(page) {
  const html = readFileSync(new URL(`app/${page}`, dist), "utf8");
  return new Set([...html.matchAll(/"\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]));
}

function filesOf(entries) {
  const files = new Set();
  const visited = new Set();
  const visit = (key) => {
    const chunk = manifest[key];
    if (!chunk) throw new Error(`the build has no ${key}: mend the list in vite/budget.mjs`);
    if (visited.has(key)) return;
    visited.add(key);
    if (chunk.file.endsWith(".js")) files.add(chunk.file);
    chunk.imports?.forEach(visit);
  };
  entries.forEach(visit);
  return files;
}

let failed = false;
for (const { name, budget, entries = [], files = filesOf(entries) } of pages) {
  const sizes = [...files].map((file) => gzipSync(readFileSync(new URL(`app/${file}`, dist)), { level: 9 }).length);
  const bytes = sizes.reduce((sum, length) => sum + length, 0);
  const size = bytes / 1000;
  const over = size > budget;
  failed ||= over;
  console.log(`${over ? "OVER " : "ok   "} ${name.padEnd(10)} ${size.toFixed(1).padStart(6)} of ${budget} kB`);
}
process.exit(failed ? 1 : 0);
