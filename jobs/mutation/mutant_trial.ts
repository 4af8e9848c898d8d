import { errorOfDeno } from "../spawned_deno.ts";
import { testArguments } from "../test_arguments.ts";
import type { Mutant } from "./mutant.ts";

/** What became of a mutant. */
export interface MutantTrial {
  readonly name: string;
  readonly change: string;
  /** What found it, in words; null where nothing did. */
  readonly foundBy: string | null;
  readonly seconds: number;
}

/** What is run on a mutant until something finds it. */
export interface TrialPlan {
  /** Folders whose tests are run first; none for the world alone. */
  readonly tests: readonly string[];
  readonly seeds: number;
  readonly days: number;
}

/** Longer than any of these takes where the code is right: one that never ends is found. */
const TESTS_MS = 10 * 60_000, WORLD_DAY_MS = 60_000;
/** Worlds of one process: one that never ends is waited for so much shorter. */
const AT_ONCE = 5;

/** The program as it is passes what a plan runs: otherwise every bug would seem to be found. */
export async function tryUnchanged(file: string, plan: TrialPlan, root: URL): Promise<MutantTrial> {
  const source = await Deno.readTextFile(new URL(file, root));
  return await tryMutant({ name: "unchanged", file, source, change: "none" }, { ...plan, seeds: 1 }, root);
}

/** Runs the program with a change, which takes the place of the file by the import map: nothing is copied or written over. */
export async function tryMutant(mutant: Mutant, { tests, seeds, days }: TrialPlan, root: URL): Promise<MutantTrial> {
  const beganMs = performance.now(), { name, change } = mutant;
  const folder = await Deno.makeTempDir({ dir: decodeURIComponent(new URL("data", root).pathname), prefix: "mutant_" });
  try {
    const map = `${folder}/imports.json`;
    await writeMutant(mutant, folder, map, root);
    let foundBy: string | null = null;
    if (tests.length > 0) {
      const args = [...await testArguments(), `--import-map=${map}`, "--fail-fast", ...tests];
      foundBy = await errorOfDeno(args, { root, limitMs: TESTS_MS }) &&
        `tests of ${tests.join(" ")}`;
    }
    for (let first = 1; foundBy === null && first <= seeds;) {
      const count = Math.min(AT_ONCE, seeds - first + 1);
      foundBy = await simulated(first, count, days, root, map);
      if (foundBy === null) {
        first += count;
        continue;
      }
      const seed = Number(/ failed, seed (\d+):/.exec(foundBy ?? "")?.[1]);
      // Where the program as it is fails as well, the bug has not been found by that.
      if (!(seed >= first) || await simulated(seed, 1, days, root) === null) break;
      first = seed + 1;
      foundBy = null;
    }
    return { name, change, foundBy, seconds: Math.round((performance.now() - beganMs) / 100) / 10 };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What worlds find, of the program as it is without a map; null where they hold. */
function simulated(first: number, seeds: number, days: number, root: URL, map?: string): Promise<string | null> {
  const args = ["run", "-q", "-P=simulate", "--no-prompt", ...(map === undefined ? [] : [`--import-map=${map}`])];
  const world = ["--seed", `${first}`, "--seeds", `${seeds}`, "--days", `${days}`, "--until-violation"];
  return errorOfDeno([...args, "jobs/main.ts", "simulate", ...world], { root, limitMs: seeds * days * WORLD_DAY_MS });
}

async function writeMutant({ file, source }: Mutant, folder: string, map: string, root: URL): Promise<void> {
  const place = new URL(file, root), config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const text = source.replace(
    /((?:from|import)\s+|import\()"(\.[^"]*)"/g,
    (_, before: string, path: string) => `${before}"${new URL(path, place)}"`,
  );
  await Deno.writeTextFile(`${folder}/mutant.ts`, text);
  const packages = Object.entries(config.imports as Record<string, string>);
  const imports = {
    ...config.imports,
    // What deno.json says of a package holds for the files in it, too; a map says it by itself.
    ...Object.fromEntries(packages.map(([own, at]) => [`${own}/`, `${at.replace("npm:", "npm:/")}/`])),
    [place.href]: new URL(`file://${folder}/mutant.ts`).href,
  };
  await Deno.writeTextFile(map, JSON.stringify({ imports }));
}
