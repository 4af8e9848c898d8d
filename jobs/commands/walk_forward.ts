import { Command } from "commander";
import { keepWalk, Lake } from "../../engine/lake/mod.ts";
import { gridPoints, runWalkForward, type WalkForward } from "../../engine/research/mod.ts";
import { UsageError } from "../../engine/errors/mod.ts";
import { interruption } from "../interruption.ts";
import { answer, note } from "../output.ts";
import { dayCount } from "../parameters.ts";
import { progress } from "../progress.ts";
import { readSettings } from "../settings.ts";
import { loadSweep, queueFor, studyFileOf, type SweepFlags, withSweepOptions } from "../sweep_flags.ts";
import { countedIn, countStudy } from "../trial_counting.ts";
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
  const { dataDir, ledger } = readSettings().values, lake = new Lake(dataDir);
  const { plan, history } = await loadSweep(flags, lake, "walk-forward");
  await lake.close();
  const layout = {
    trainDays: flags.train,
    testDays: flags.test,
    ...(flags.gap === undefined ? {} : { gapDays: flags.gap }),
    ...(flags.anchored ? { anchored: true } : {}),
  };
  const points = gridPoints(plan.strategy, plan.axes, plan).length, windows = 1 + flags.train / flags.test;
  const queue = queueFor(flags, points * windows * history[0]!.length, dataDir);
  let shown: ReturnType<typeof progress> | undefined, resumed = 0, walk: WalkForward;
  try {
    walk = await runWalkForward({ sweep: plan, layout }, history, {
      ...(queue === undefined ? {} : { queue }),
      async window(_, own, input) {
        const file = await studyFileOf(own, input, dataDir), done = await file.open(flags.resume ?? false);
        resumed += done.length;
        return { done, onTrials: (trials) => file.append(trials), close: () => file.close() };
      },
      progress(done, total) {
        shown ??= progress("walk-forward", total);
        shown.advance(done);
        return !interruption.aborted;
      },
    });
  } finally {
    queue?.close();
    shown?.end();
  }
  const count = walk.evaluated.length > 0 ? await countStudy(walk.evaluated, countedIn(dataDir, ledger)) : null;
  if (count !== null) await keepWalk(dataDir, count.own[0]!.family, walk);
  if (interruption.aborted) {
    note(`${walk.steps.length} of ${walk.windows} windows are done: --resume takes up the trials that were made`);
  }
  const { evaluated: _, equity: { closeTimeMs, equity }, ...rest } = walk;
  const kept = { resumed, counted: count?.counted ?? null };
  answer(
    flags,
    { ...rest, ...kept, ...(flags.equity ? { equity: { closeTimeMs: [...closeTimeMs], equity: [...equity] } } : {}) },
    () => walkForwardSummary(walk, kept),
  );
}
