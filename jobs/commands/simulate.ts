import { Command } from "commander";
import { counted, InputError } from "../../engine/errors/mod.ts";
import { shrinkWorld, World, type WorldResult } from "../../engine/live/mod.ts";
import { interruption } from "../interruption.ts";
import { answer, note, table } from "../output.ts";
import { number, whole } from "../parameters.ts";
import { progress } from "../progress.ts";
import { WorldRecord } from "../world_record.ts";

interface Flags {
  readonly seed: number;
  readonly seeds: number;
  readonly days: number;
  readonly record?: string;
  readonly shrink?: boolean;
  readonly untilViolation?: boolean;
  readonly json?: boolean;
}

/** `simulate`: the trader in a world of faults; the same seed does the same on every machine. */
export function simulateCommand(): Command {
  return new Command("simulate")
    .description("Trade simulated days in which venue, line, database and processes fail, and check what must hold.")
    .option("--seed <number>", "first seed", whole, 1)
    .option("--seeds <count>", "worlds, one a seed", whole, 1)
    .option("--days <days>", "days of minutes in each", number, 1)
    .option("--record <file>", "keep results there, and leave out the seeds that it has: what was stopped goes on")
    .option("--until-violation", "end with the first world that fails")
    .option("--shrink", "make the first world that fails as small as it still fails")
    .action(run);
}

function hasFailed(results: readonly WorldResult[]): boolean {
  return results.some(({ violations }) => violations.length > 0);
}

async function run(flags: Flags): Promise<void> {
  if (!(flags.days > 0) || flags.days > 365) {
    throw new InputError("days", `${flags.days} is no number of days up to 365`);
  }
  const record = await WorldRecord.open(flags.record), results: WorldResult[] = [...record.results];
  const seeds = Array.from({ length: flags.seeds }, (_, i) => flags.seed + i).filter((seed) => !record.has(seed));
  const shown = progress("worlds", seeds.length);
  for (const [i, seed] of seeds.entries()) {
    if (interruption.aborted || (flags.untilViolation && hasFailed(results))) break;
    const result = await new World({ seed, days: flags.days }).run();
    await record.add(result);
    results.push(result);
    shown.advance(i + 1);
    if (result.violations.length > 0) note(`seed ${seed}: ${result.violations[0]}`);
  }
  shown.end();
  const failed = results.filter(({ violations }) => violations.length > 0);
  const shrunk = flags.shrink && failed.length > 0
    ? await shrinkWorld(failed[0]!.seed, flags.days, () => note("smaller …"))
    : null;
  const sum = (of: (result: WorldResult) => number) => results.reduce((total, own) => total + of(own), 0);
  answer(flags, { results, shrunk }, () =>
    table(["", ""], [
      ["worlds", results.length],
      ["days", sum(({ days }) => days)],
      ["orders", sum(({ orders }) => orders)],
      ["fills", sum(({ fills }) => fills)],
      ["starts of processes", sum(({ starts }) => starts)],
      ["faults", sum(({ fired }) => Object.values(fired).reduce((total, own) => total + own, 0))],
      ["settled at most after", `${Math.max(0, ...results.map(({ settledAfterMs }) => settledAfterMs)) / 1_000} s`],
      ["worlds with violations", failed.length],
      ...(shrunk === null ? [] : [["smallest", `${shrunk.days} days, ${JSON.stringify(shrunk.swarm)}`]]),
    ]));
  if (failed.length > 0) {
    const [{ seed, violations }] = failed as [WorldResult];
    throw new InputError(
      "violations",
      `${counted(failed.length, "world")} of ${results.length} failed, seed ${seed}: ${violations[0]}`,
    );
  }
}
