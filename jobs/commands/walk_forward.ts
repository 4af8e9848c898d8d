import { Command } from "commander";
import { UsageError } from "../../engine/errors/mod.ts";
import { interruption } from "../interruption.ts";
import { keptWalk } from "../kept_walk.ts";
import { answer, note } from "../output.ts";
import { dayCount } from "../parameters.ts";
import { readSettings } from "../settings.ts";
import { type SweepFlags, withSweepOptions } from "../sweep_flags.ts";
import { walkForwardSummary } from "../walk_forward_summary.ts";

interface Flags extends SweepFlags {
  train?: number;
  test?: number;
  gap?: number;
  anchored?: boolean;
}

/** `walk-forward`: chooses parameters on one stretch of history, trades them on the next one, again and again. */
export function walkForwardCommand(): Command {
  const command = new Command("walk-forward").description(
    "Choose the best of a grid on a window of the past, trade it on the time after, and go on: the result of choosing.",
  );
  return withSweepOptions(command)
    .option("--train <days>", "length of each training, as in 365d or 52w", dayCount)
    .option("--test <days>", "length of each test, and how far the next window is", dayCount)
    .option("--gap <days>", "left out between training and test", dayCount)
    .option("--anchored", "let each training begin where the candles do, so that it grows")
    .option("--equity", "add the account at each close of the tests to the JSON")
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  if (flags.train === undefined || flags.test === undefined) {
    throw new UsageError("walk-forward needs --train and --test, as in --train 365d --test 90d");
  }
  const layout = {
    trainDays: flags.train,
    testDays: flags.test,
    ...(flags.gap === undefined ? {} : { gapDays: flags.gap }),
    ...(flags.anchored ? { anchored: true } : {}),
  };
  const { walk, kept } = await keptWalk(flags, layout, readSettings().values);
  if (interruption.aborted) {
    note(`${walk.steps.length} of ${walk.windows} windows are done: --resume takes up the trials that were made`);
  }
  const { evaluated: _, equity: { closeTimeMs, equity }, ...rest } = walk;
  answer(
    flags,
    { ...rest, ...kept, ...(flags.equity ? { equity: { closeTimeMs: [...closeTimeMs], equity: [...equity] } } : {}) },
    () => walkForwardSummary(walk, kept),
  );
}
