import { type RunData, runDataOf, type RunSpec } from "../../backtest/mod.ts";
import type { Strategy } from "../../strategies/mod.ts";
import { type CountedTrials, sweptTrial } from "../swept_trial.ts";
import type { Trial } from "../trial.ts";
import type { SearchInput } from "./run_search.ts";
import { firstPart } from "./search_history.ts";
import type { SearchStudy, SearchTrial } from "./search_study.ts";

/**
 * What the ledger keeps of the trials of a search, as they are made. A trial on a part of the history is a run of its own, with
 * the `to` at which that part ends, and counts as one.
 */
export function countedSearchTrials(
  { money, spec }: Pick<SearchStudy, "money" | "spec">,
  strategy: Strategy,
  { candles }: Pick<SearchInput, "candles">,
): CountedTrials<SearchTrial> {
  const parts = new Map<number, Promise<{ readonly spec: RunSpec; readonly data: readonly RunData[] }>>();
  const partOf = (fraction: number) => {
    let part = parts.get(fraction);
    if (part === undefined) {
      const own = firstPart(spec, candles, fraction);
      parts.set(fraction, part = runDataOf(own.spec, own.candles).then((data) => ({ spec: own.spec, data })));
    }
    return part;
  };
  return async (trials) => {
    const counted: Trial[] = [];
    for (const trial of trials) {
      const { spec, data } = await partOf(trial.fraction), { tradeFromMs } = candles;
      counted.push(
        sweptTrial(spec, strategy.bind(trial.params), trial, { data, tradeFromMs, source: "search", money }),
      );
    }
    return counted;
  };
}

/** The same of all of them, in their order. */
export function trialsOfSearch(
  study: SearchStudy,
  strategy: Strategy,
  input: Pick<SearchInput, "candles">,
): Promise<Trial[]> {
  return countedSearchTrials(study, strategy, input)(study.trials);
}
