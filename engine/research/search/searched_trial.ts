import { runDataOf } from "../../backtest/mod.ts";
import type { Strategy } from "../../strategies/mod.ts";
import { sweptTrial } from "../swept_trial.ts";
import type { Trial } from "../trial.ts";
import type { SearchInput } from "./run_search.ts";
import { firstPart } from "./search_history.ts";
import type { SearchStudy } from "./search_study.ts";

/**
 * What the ledger keeps of the trials of a search, in their order. A trial on a part of the history is a run of its own, with
 * the `to` at which that part ends, and counts as one.
 */
export async function trialsOfSearch(
  { money, spec, trials }: SearchStudy,
  strategy: Strategy,
  { candles }: Pick<SearchInput, "candles">,
): Promise<Trial[]> {
  const fractions = [...new Set(trials.map(({ fraction }) => fraction))];
  const parts = new Map(
    await Promise.all(fractions.map(async (fraction) => {
      const part = firstPart(spec, candles, fraction);
      return [fraction, { spec: part.spec, data: await runDataOf(part.spec, part.candles) }] as const;
    })),
  );
  return trials.map((trial) => {
    const { spec, data } = parts.get(trial.fraction)!, { tradeFromMs } = candles;
    return sweptTrial(spec, strategy.bind(trial.params), trial, { data, tradeFromMs, source: "search", money });
  });
}
