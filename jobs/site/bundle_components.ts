// Bundles the pages' components, with what they use of the engine and of Plot, into one module for the browser. The site
// build runs it in a process of its own, the only one that needs to start esbuild besides Framework's.
import { build, stop } from "esbuild";

await build({
  entryPoints: ["src/components/mod.ts"],
  outfile: "src/built/components.js",
  bundle: true,
  format: "esm",
  platform: "browser",
  target: "es2022",
  minify: true,
  legalComments: "none",
  logLevel: "error",
});
await stop();
