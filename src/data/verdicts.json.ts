// Data loader: all studies of robustness with the figures that the list shows.
import { listRobustness, readRobustness } from "../../engine/lake/mod.ts";
import { isMade, type RobustnessStudy } from "../../engine/research/mod.ts";
import type { VerdictSummary } from "../components/verdict_data.ts";
import { DATA_DIR } from "./data_folder.ts";

const verdicts: VerdictSummary[] = [];
for (const hash of await listRobustness(DATA_DIR)) verdicts.push(summaryOf((await readRobustness(DATA_DIR, hash))!));
console.log(JSON.stringify(verdicts));

function summaryOf({ run, verdict, actual, held, evidence, costs }: RobustnessStudy): VerdictSummary {
  return {
    hash: run.hash,
    strategy: run.strategy,
    params: Object.entries(run.params).map(([name, value]) => `${name}=${value}`).join(" "),
    markets: run.markets.join(", "),
    timeframe: run.timeframe,
    headline: verdict.headline,
    cagrFraction: actual.cagrFraction,
    heldCagrFraction: held.cagrFraction,
    deflatedSharpe: evidence.judgement?.deflatedSharpe ?? null,
    breakEvenBps: isMade(costs) ? costs.breakEvenBps : null,
  };
}
