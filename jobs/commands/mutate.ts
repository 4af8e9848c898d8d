import { Command } from "commander";
import { InputError } from "../../engine/errors/mod.ts";
import { interruption } from "../interruption.ts";
import { drawnMutants } from "../mutation/drawn_mutants.ts";
import { type Mutant, mutantOf } from "../mutation/mutant.ts";
import { type MutantTrial, tryMutant, tryUnchanged } from "../mutation/mutant_trial.ts";
import { PLANTED_BUGS } from "../mutation/planted_bugs.ts";
import { answer, note, table } from "../output.ts";
import { number, whole } from "../parameters.ts";
import { progress } from "../progress.ts";

const ROOT = new URL("../../", import.meta.url);

interface Flags {
  readonly file?: string[];
  readonly sample: number;
  readonly seed: number;
  readonly seeds: number;
  readonly days: number;
  readonly tests?: string[];
  readonly json?: boolean;
}

/** `mutate`: does anything notice when the code is wrong? */
export function mutateCommand(): Command {
  return new Command("mutate")
    .description("Put bugs into the code, one after the other, and see whether the simulated world or tests find them.")
    .argument("[bugs...]", "planted bugs by their names; all of them unless stated")
    .option("--file <paths...>", "changes of these files that nobody chose, in place of the planted bugs")
    .option("--sample <count>", "so many of them", whole, 20)
    .option("--seed <number>", "draws them", whole, 1)
    .option("--seeds <count>", "worlds at most for each bug", whole, 500)
    .option("--days <days>", "days of each world", number, 1)
    .option("--tests <paths...>", "run these tests first")
    .action(run);
}

async function run(names: string[], { file, sample, seed, seeds, days, tests = [], ...flags }: Flags): Promise<void> {
  const mutants = file === undefined ? await planted(names) : await drawnMutants(file, sample, seed, ROOT);
  const unchanged = await tryUnchanged(mutants[0]!.file, { tests, seeds, days }, ROOT);
  if (unchanged.foundBy !== null) {
    throw new InputError("unchanged", `the code fails as it is, so no bug can be looked for: ${unchanged.foundBy}`);
  }
  const trials: MutantTrial[] = [], shown = progress("bugs", mutants.length);
  for (const [done, mutant] of mutants.entries()) {
    if (interruption.aborted) break;
    const trial = await tryMutant(mutant, { tests, seeds, days }, ROOT);
    trials.push(trial);
    if (trial.foundBy === null) note(`not found: ${trial.name}: ${trial.change}`);
    shown.advance(done + 1, mutant.name);
  }
  shown.end();
  const missed = trials.filter(({ foundBy }) => foundBy === null);
  answer(flags, { trials }, () =>
    table(
      ["bug", "seconds", "found by"],
      trials.map(({ name, seconds, foundBy }) => [name, seconds, foundBy ?? "nothing"]),
    ));
  if (missed.length > 0) {
    throw new InputError("bugs", `${missed.length} of ${trials.length} bugs were not found, as ${missed[0]!.name}`);
  }
}

function planted(names: readonly string[]): Promise<Mutant[]> {
  const unknown = names.find((name) => !PLANTED_BUGS.some((bug) => bug.name === name));
  if (unknown !== undefined) {
    const known = PLANTED_BUGS.map(({ name }) => name).join(", ");
    throw new InputError("bug", `there is no planted bug ${unknown}; there are ${known}`);
  }
  const chosen = names.length === 0 ? PLANTED_BUGS : PLANTED_BUGS.filter(({ name }) => names.includes(name));
  return Promise.all(chosen.map((bug) => mutantOf(bug, ROOT)));
}
