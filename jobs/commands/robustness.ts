import { Command } from "commander";
import { writeRobustness } from "../../engine/lake/mod.ts";
import { type RobustnessSettings, studyRobustness } from "../../engine/research/mod.ts";
import { type Flags as RunFlags, withRunOptions } from "../backtest_flags.ts";
import { evidenceOf } from "../run_evidence.ts";
import { interruption } from "../interruption.ts";
import { answer, note } from "../output.ts";
import { whole } from "../parameters.ts";
import { lateProgress } from "../progress.ts";
import { robustnessSummary } from "../robustness_summary.ts";
import { readSettings } from "../settings.ts";
import { studiedRun } from "../studied_run.ts";
import { countedIn } from "../trial_counting.ts";

interface Flags extends RunFlags {
  samples?: number;
  block?: number;
}

/** `robustness`: stresses a run in every way that is known, and says what would have to be true for it to make money. */
export function robustnessCommand(): Command {
  const command = new Command("robustness")
    .description(
      "Stress a run: trades in other orders, other histories, noise, costs, delays, crises, size, chance. The verdict is in words.",
    )
    .argument("[run]", "a kept run by its hash or the beginning of it, or a manifest; else the options of backtest");
  return withRunOptions(command)
    .option("--listings", "take from the lake when its markets were listed and delisted")
    .option("--samples <count>", "histories to draw of each kind; as many as take some seconds unless stated", whole)
    .option("--block <candles>", "length of the blocks of candles; the root of their number unless stated", whole)
    .action(run);
}

async function run(named: string | undefined, flags: Flags): Promise<void> {
  const { dataDir, ledger } = readSettings().values, counting = countedIn(dataDir, ledger);
  const studied = await studiedRun(named, flags, dataDir, counting);
  const evidence = await evidenceOf(studied.run, dataDir, counting);
  const settings: RobustnessSettings = {
    ...(flags.samples === undefined ? {} : { samples: flags.samples }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.block === undefined ? {} : { blockCandles: flags.block }),
  };
  const shown = lateProgress("robustness");
  const study = await studyRobustness({ ...studied, evidence }, settings, {
    async progress(done, total, part) {
      shown.advance(done, total, part);
      // Ctrl-C is heard between two replays only.
      await new Promise((resolve) => setTimeout(resolve, 0));
      return !interruption.aborted;
    },
  }).finally(shown.end);
  const file = await writeRobustness(dataDir, study);
  if (study.interrupted) {
    const kept = file === null ? "the whole study that was there is left" : "what was studied until then is kept";
    note(`interrupted: ${kept}, and the verdict says what is missing`);
  }
  answer(
    flags,
    { ...study, file },
    () => [robustnessSummary(study), ...(file === null ? [] : [`kept in ${file}`])].join("\n\n"),
  );
}
