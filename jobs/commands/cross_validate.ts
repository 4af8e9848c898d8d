import { Command } from "commander";
import { crossValidatedChoice, studyReturns } from "../../engine/research/mod.ts";
import { crossValidationSummary } from "../cross_validation_summary.ts";
import { keptSweep } from "../kept_sweep.ts";
import { answer, note } from "../output.ts";
import { dayCount, whole } from "../parameters.ts";
import { readSettings } from "../settings.ts";
import { type SweepFlags, withSweepOptions } from "../sweep_flags.ts";

interface Flags extends SweepFlags {
  groups: number;
  testGroups: number;
  embargo?: number;
}

/** `cross-validate`: holds the choice of the best of a grid to days that it did not see, in every combination of groups. */
export function crossValidateCommand(): Command {
  const command = new Command("cross-validate").description(
    "Choose the best of a grid on some groups of days and test it on the others, for every combination: purged, with embargo.",
  );
  return withSweepOptions(command)
    .option("--groups <count>", "groups of days that follow one another", whole, 10)
    .option("--test-groups <count>", "how many of them are the test; 1 for plain folds", whole, 2)
    .option("--embargo <days>", "days after each test that are not trained on; 1 % of all unless stated", dayCount)
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const { study, input, count } = await keptSweep(flags, readSettings().values, "cross-validate");
  if (study.trials.length < study.points) {
    note(`${study.trials.length} of ${study.points} trials are kept: --resume goes on with the rest`);
    return;
  }
  const { counted } = count!; // a study has a point at least
  const choice = crossValidatedChoice(studyReturns(study, input), {
    groups: flags.groups,
    testGroups: flags.testGroups,
    ...(flags.embargo === undefined ? {} : { embargoDays: flags.embargo }),
  });
  const { strategy, axes } = study, params = study.trials.map((own) => own.params);
  const splits = choice.splits.map((own) => ({ ...own, params: params[own.chosen]! }));
  const result = { strategy, axes, ...choice, splits, counted };
  answer(flags, result, () => crossValidationSummary(result));
}
