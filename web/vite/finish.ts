import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const worthIt = /\.(js|css|svg|json|html)$/;

/**
 * Finishes the build: writes a .br and a .gz twin beside every page and every text asset, so that the server never compresses while
 * somebody waits, and moves Vite's manifest out of what is served (`npm run budget` reads it).
 */
export function finish(): Plugin {
  let outDir = "";
  let assets = "";
  return {
    name: "finish",
    apply: "build",
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
      assets = join(outDir, config.build.assetsDir);
    },
    closeBundle: {
      order: "post",
      sequential: true,
      async handler(error) {
        if (error) return;
        await rename(join(outDir, "manifest.json"), join(outDir, "..", "manifest.json"));
        const folders = await Promise.all(
          [outDir, assets].map(async (folder) => (await readdir(folder)).map((name) => join(folder, name))),
        );
        await Promise.all(
          folders
            .flat()
            .filter((path) => worthIt.test(path))
            .map(twins),
        );
      },
    },
  };
}

async function twins(path: string) {
  const source = await readFile(path);
  if (source.length < 1024) return;
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(source, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: source.length } }),
    promisify(gzip)(source, { level: 9 }),
  ]);
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)]);
}
