import { Command } from "commander";
import { keepOverfitting } from "../../engine/lake/mod.ts";
import { judgeStudy, ranked, trialsOfStudy } from "../../engine/research/mod.ts";
import { interruption } from "../interruption.ts";
import { keptSweep } from "../kept_sweep.ts";
import { answer, note } from "../output.ts";
import { whole } from "../parameters.ts";
import { readSettings } from "../settings.ts";
import { studySummary } from "../study_summary.ts";
import { type SweepFlags, withSweepOptions } from "../sweep_flags.ts";
import { countedIn, countStudy } from "../trial_counting.ts";

/** `sweep`: backtests a whole grid of parameters, counts every trial, and judges the best one by their number. */
export function sweepCommand(): Command {
  const command = new Command("sweep")
    .description("Backtest every combination of some values of a strategy's parameters over candles of the lake.");
  return withSweepOptions(command)
    .option("--certify <count>", "run so many of the best again candle by candle, and say what differs", whole)
    .option(
      "--money <how>",
      "exact, or unrounded: float64 without ticks, lots and digits of fees, not counted",
      "exact",
    )
    .action(run);
}

async function run(flags: SweepFlags): Promise<void> {
  const { dataDir, ledger } = readSettings().values;
  const { study, input, file, resumed } = await keptSweep(flags, dataDir, "sweep");
  const count = study.money === "exact" && study.trials.length > 0
    ? await countStudy(await trialsOfStudy(study, input), countedIn(dataDir, ledger))
    : null;
  if (interruption.aborted) {
    note(`${study.trials.length} of ${study.points} trials are kept: --resume goes on with the rest`);
  }
  const judged = judgeStudy(study, input, count);
  if (count !== null) await keepOverfitting(dataDir, count.own[0]!.family, judged.overfitting);
  const kept = { file, resumed, counted: count?.counted ?? null };
  const trials = ranked(judged.trials, judged.objective);
  answer(flags, { ...judged, trials, ...kept }, () => studySummary(judged, kept));
}
