import { Command } from "commander";
import { keepOverfitting, writeStudy } from "../../engine/lake/mod.ts";
import {
  countedSearchTrials,
  judgeSearch,
  runSearch,
  searchDocument,
  type SearchStudy,
  type SearchTrial,
  topTrials,
} from "../../engine/research/mod.ts";
import { keepingTrials } from "../kept_trials.ts";
import { answer, note } from "../output.ts";
import { loadSearch, type SearchFlags, withSearchOptions } from "../search_flags.ts";
import { searchSummary } from "../search_summary.ts";
import { readSettings } from "../settings.ts";
import { queueFor } from "../study_flags.ts";
import { countedIn, StudyCounter } from "../trial_counting.ts";

/** `search`: looks for good parameters, counts every trial, and judges the best one by their number and its neighbours. */
export function searchCommand(): Command {
  const command = new Command("search")
    .description("Search the parameters of a strategy over candles of the lake, by one figure or several.");
  return withSearchOptions(command).action(run);
}

async function run(flags: SearchFlags): Promise<void> {
  const { dataDir, ledger } = readSettings().values, { plan, input, id, file } = await loadSearch(flags, dataDir);
  const counter = new StudyCounter(countedIn(dataDir, ledger)), { spec, strategy, money = "exact" } = plan;
  const { result: study, resumed } = await keepingTrials<SearchTrial, SearchStudy>({
    label: "search",
    file,
    resume: flags.resume,
    counter,
    counted: countedSearchTrials({ spec, money }, strategy, input),
    queueFor: () => queueFor(flags, (plan.trials ?? 100) * input.candles.used[0]!.length, dataDir),
  }, (around) => runSearch(plan, input, around));
  const count = await counter.end();
  if (study.ended === "interrupted") {
    note(`${study.trials.length} of ${study.wanted} trials are kept: --resume goes on with the rest`);
  }
  const judged = judgeSearch(study, plan.strategy, input, count);
  await writeStudy(dataDir, id, searchDocument(judged, input.candles));
  if (count !== null) await keepOverfitting(dataDir, count.own[0]!.family, judged.overfitting);
  const kept = {
    id,
    file: file.path,
    resumed: Math.min(resumed, study.trials.length),
    counted: count?.counted ?? null,
  };
  answer(flags, { ...judged, top: topTrials(study, 10), ...kept }, () => searchSummary(judged, kept));
}
