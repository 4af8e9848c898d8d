import { parseRunSpec, TRIAL_METRICS, type TrialMetrics } from "../../engine/backtest/mod.ts";
import { sma } from "../../engine/indicators/mod.ts";
import type { CandleColumns } from "../../engine/market/mod.ts";
import {
  type ChunkQueue,
  runSearch,
  type SamplerName,
  searchInput,
  type SearchPlan,
  type SweepTrial,
} from "../../engine/research/mod.ts";
import { close } from "../../engine/series/mod.ts";
import { defineStrategy, integer, number } from "../../engine/strategies/mod.ts";
import { fastestMs, type Row, type Workload } from "./workload.ts";

const TRIALS = 1_000;
const NOTHING = Object.fromEntries(TRIAL_METRICS.map((name) => [name, 0])) as unknown as TrialMetrics;

/** Four parameters, as a strategy of averages with a band has them. */
const strategy = defineStrategy({
  id: "four-parameters",
  params: {
    fast: integer({ default: 10, min: 2, max: 200 }),
    slow: integer({ default: 50, min: 3, max: 500 }),
    band: number({ default: 0.01, min: 0, max: 0.1 }),
    exit: number({ default: 0.01, min: 0, max: 0.1 }),
  },
  rules: ({ fast, slow, band, exit }) => ({
    enter: sma(close, fast).gt(sma(close, slow).mul(1 + band)),
    exit: sma(close, fast).lt(sma(close, slow).mul(1 - exit)),
  }),
});

/** Answers at once, with a figure that has one best place: what is left is what the search itself takes. */
const instant: ChunkQueue = {
  size: 1,
  trade: ({ points }) =>
    Promise.resolve(points.map(({ index, params }): SweepTrial => {
      const { fast, slow, band, exit } = params as Record<string, number>;
      const sharpe = 2 - Math.abs(fast! / 60 - 1) - Math.abs(slow! / 200 - 1) - 20 * Math.abs(band! - exit!);
      return { index, params, path: "columns", metrics: { ...NOTHING, sharpe } };
    })),
  close() {},
};

async function measure(name: SamplerName, walk: CandleColumns): Promise<Row> {
  const { exchange, symbol } = walk.instrument;
  const plan: SearchPlan = {
    spec: parseRunSpec({
      strategy: strategy.id,
      params: {},
      markets: [{ exchange, symbol }],
      timeframe: walk.timeframe,
    }),
    strategy,
    sampler: { name },
    trials: TRIALS,
  };
  const input = searchInput(plan, [walk]);
  const ms = await fastestMs(3, () => runSearch(plan, input, { queue: instant }));
  return {
    workload: "search",
    figure: `${name}_ms_per_trial`,
    ours: ms / TRIALS,
    unit: "ms a trial",
    moreIsBetter: false,
  };
}

/** What a search of 1,000 trials takes beside trading them: asking, telling, and keeping what was tried. */
export const searchWorkload: Workload = {
  name: "search",
  run: async (walk) => [await measure("tpe", walk), await measure("cma-es", walk), await measure("nsga-ii", walk)],
};
