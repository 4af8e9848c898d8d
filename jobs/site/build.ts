// From runs and candles to pages in a folder, without the network: bundle the components, let Framework build, put the
// result in place as a whole.
import { resolve } from "node:path";
import packages from "../../deno.json" with { type: "json" };
import { InputError } from "../../engine/errors/mod.ts";
import { esbuildProgram, runStep } from "./build_step.ts";
import { pinUnusedPackages } from "./unused_packages.ts";

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);
const CACHE = "src/.observablehq/cache";

/** What to build from, and where to. */
export interface SiteOptions {
  /** Folder of candles, runs and executed notebooks. */
  readonly dataDir: string;
  /** Folder of the pages; what an earlier build left there is replaced. */
  readonly output: string;
  readonly signal: AbortSignal;
  /** Called before each step with what it does. */
  readonly progress?: (done: number, total: number, step: string) => void;
}

/** What was built. */
export interface BuiltSite {
  readonly output: string;
  /** Paths of the pages below the output, sorted. */
  readonly pages: readonly string[];
}

/**
 * Builds all pages. The same runs, candles and notebooks give the same bytes.
 *
 * @throws {InputError} `site` when the output is a folder of something else.
 * @throws {CodedError} `site` when a step fails; the pages that were there stay.
 */
export async function buildSite({ dataDir, output, signal, progress = () => {} }: SiteOptions): Promise<BuiltSite> {
  const target = resolve(output), unfinished = `${target}.part`;
  assertReplaceable(target);
  await remove(unfinished);
  await remove(`${ROOT}${CACHE}`); // Framework would take yesterday's data from it
  await pinUnusedPackages(`${ROOT}${CACHE}/_npm`);
  const esbuild = esbuildProgram();
  try {
    progress(0, 3, "bundling the components");
    await runStep(ROOT, {
      name: "bundling the components",
      program: ["jobs/site/bundle_components.ts"],
      permissions: ["--allow-write=src/built", `--allow-run=${esbuild}`],
      environment: {},
    }, signal);
    progress(1, 3, "building the pages");
    await runStep(ROOT, {
      name: "building the pages",
      program: [packages.imports["@observablehq/framework"], "build", "--config", "observablehq.config.ts"],
      permissions: [
        `--allow-write=src/.observablehq,${unfinished}`,
        `--allow-run=${Deno.execPath()},${esbuild}`,
        "--allow-ffi=node_modules",
        "--allow-sys=homedir",
      ],
      environment: {
        CRYPTO_TRADER_DATA_DIR: resolve(dataDir),
        CRYPTO_TRADER_SITE_OUTPUT: unfinished,
        OBSERVABLE_TELEMETRY_DISABLE: "true",
      },
    }, signal);
    progress(2, 3, "putting them in place");
    const pages = await pagesBelow(unfinished);
    for (const page of pages) await dropFileTimes(`${unfinished}/${page}`);
    await remove(target);
    await Deno.rename(unfinished, target);
    progress(3, 3, "");
    return { output: target, pages };
  } finally {
    await remove(unfinished);
  }
}

/** Refuses to replace a folder that is not a site: `--output` may be a slip. */
function assertReplaceable(target: string): void {
  try {
    const names = Array.from(Deno.readDirSync(target), ({ name }) => name);
    if (names.length === 0 || names.includes("_observablehq")) return;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (!(error instanceof Deno.errors.NotADirectory)) throw error;
  }
  throw new InputError("site", `${target} is there and is not a site that was built before: name another folder`);
}

async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function pagesBelow(folder: string, below = ""): Promise<string[]> {
  const pages: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    if (isDirectory) pages.push(...await pagesBelow(folder, `${below}${name}/`));
    else if (name.endsWith(".html")) pages.push(`${below}${name}`);
  }
  return pages.sort();
}

/** Framework writes into a page when each of its files was made; without that, equal data give equal pages. */
async function dropFileTimes(page: string): Promise<void> {
  const text = await Deno.readTextFile(page);
  const timeless = text.replace(/^(registerFile\(.*),"lastModified":\d+/gm, "$1");
  if (timeless !== text) await Deno.writeTextFile(page, timeless);
}
