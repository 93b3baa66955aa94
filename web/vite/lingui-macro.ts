import { transformAsync } from "@babel/core";
import linguiMacro from "@lingui/babel-plugin-lingui-macro";
import type { Plugin } from "vite";

/** Turns the lingui macros (`t`, `msg`, `Trans`) into catalogue look-ups; files without them are not touched. */
export function macros(): Plugin {
  return {
    name: "lingui-macro",
    enforce: "pre",
    async transform(code, id) {
      const file = id.split("?")[0] ?? id;
      if (!/\.tsx?$/.test(file) || file.includes("/node_modules/") || !/@lingui\/(core|react)\/macro/.test(code)) return;
      const result = await transformAsync(code, {
        filename: file,
        babelrc: false,
        configFile: false,
        sourceMaps: true,
        parserOpts: { plugins: ["typescript", "jsx"] },
        plugins: [linguiMacro],
      });
      return result?.code ? { code: result.code, map: result.map } : undefined;
    },
  };
}
