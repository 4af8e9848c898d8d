import { Command } from "commander";
import { ranked } from "../../engine/research/mod.ts";
import { interruption } from "../interruption.ts";
import { judgedSweep } from "../judged_sweep.ts";
import { answer, note } from "../output.ts";
import { readSettings } from "../settings.ts";
import { withTrialOptions } from "../study_flags.ts";
import { studySummary } from "../study_summary.ts";
import { type SweepFlags, withSweepOptions } from "../sweep_flags.ts";

/** `sweep`: backtests a whole grid of parameters, counts every trial, and judges the best one by their number. */
export function sweepCommand(): Command {
  const command = new Command("sweep")
    .description("Backtest every combination of some values of a strategy's parameters over candles of the lake.");
  return withTrialOptions(withSweepOptions(command)).action(run);
}

async function run(flags: SweepFlags): Promise<void> {
  const { judged, kept } = await judgedSweep(flags, readSettings().values);
  if (interruption.aborted) {
    note(`${judged.trials.length} of ${judged.points} trials are kept: --resume goes on with the rest`);
  }
  const trials = ranked(judged.trials, judged.objective);
  answer(flags, { ...judged, trials, ...kept }, () => studySummary(judged, kept));
}
