// Does anything notice when the code is wrong (RELIABILITY G5, G19)? Bugs that were thought of, and changes that nobody chose.
import { drawnMutants } from "../mutation/drawn_mutants.ts";
import { type Mutant, mutantOf } from "../mutation/mutant.ts";
import { type MutantTrial, tryMutant } from "../mutation/mutant_trial.ts";
import { PLANTED_BUGS } from "../mutation/planted_bugs.ts";
import type { ReleasePart } from "./release_part.ts";

const ROOT = new URL("../../", import.meta.url);
const SEEDS = 500, DRAWN = 100, DRAWN_SHARE = 0.9;
/** Modules whose changes are drawn, and the tests that look at each beside the simulated world. */
const DRAWN_FROM: readonly (readonly [folder: string, tests: readonly string[]])[] = [
  ["engine/orders", ["engine/orders"]],
  ["engine/risk", ["engine/risk"]],
  ["engine/trader", ["engine/trader", "engine/backtest"]],
  ["engine/money", ["engine/money"]],
  ["engine/portfolio", ["engine/portfolio"]],
];

const PER_MODULE = DRAWN / DRAWN_FROM.length;
const DRAWN_NAMES = DRAWN_FROM.flatMap(([folder]) =>
  Array.from({ length: PER_MODULE }, (_, i) => `drawn/${folder.replace("engine/", "")}/${i + 1}`)
);

export const bugsPart: ReleasePart<MutantTrial> = {
  name: "bugs",
  summary: "bugs in the code that the simulated world and tests have to find",
  cases: [...PLANTED_BUGS.map(({ name }) => name), ...DRAWN_NAMES],
  async work({ cases, keep, isStopped, note }) {
    const drawn = await drawnByName();
    for (const name of cases) {
      if (isStopped()) return;
      const bug = PLANTED_BUGS.find((own) => own.name === name);
      const { mutant, tests } = bug === undefined ? drawn.get(name)! : { mutant: await mutantOf(bug, ROOT), tests: [] };
      const trial = await tryMutant(mutant, { tests, seeds: bug === undefined ? 50 : SEEDS, days: 1 }, ROOT);
      if (trial.foundBy === null) note(`not found: ${trial.name}: ${trial.change}`);
      await keep(name, trial);
    }
  },
  verdict(results) {
    const trials = [...results], isFound = ([, { foundBy }]: typeof trials[number]) => foundBy !== null;
    const drawn = trials.filter(([name]) => name.startsWith("drawn/")),
      planted = trials.filter((own) => !drawn.includes(own));
    const found = planted.filter(isFound).length, drawnFound = drawn.filter(isFound).length;
    return {
      holds: found === planted.length && drawnFound >= DRAWN_SHARE * drawn.length,
      figures: {
        planted: planted.length,
        found,
        drawn: drawn.length,
        drawnFound,
        notFound: Object.fromEntries(trials.filter((own) => !isFound(own)).map(([name, { change }]) => [name, change])),
        foundBy: Object.fromEntries(trials.filter(isFound).map(([name, { foundBy }]) => [name, foundBy])),
      },
    };
  },
};

async function drawnByName(): Promise<Map<string, { readonly mutant: Mutant; readonly tests: readonly string[] }>> {
  const found = new Map<string, { readonly mutant: Mutant; readonly tests: readonly string[] }>();
  for (const [folder, tests] of DRAWN_FROM) {
    const files: string[] = [];
    for await (const { name } of Deno.readDir(new URL(folder, ROOT))) {
      if (name.endsWith(".ts") && !/(_test|_bench|^mod)\.ts$/.test(name)) files.push(`${folder}/${name}`);
    }
    const mutants = await drawnMutants(files.sort(), PER_MODULE, 1, ROOT);
    mutants.forEach((mutant, i) => found.set(`drawn/${folder.replace("engine/", "")}/${i + 1}`, { mutant, tests }));
  }
  return found;
}
