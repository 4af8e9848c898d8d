// What a notebook says in one line of how a strategy stands up to what did not happen.
import { bindStrategies, runBacktest, type RunRecord, usedCandles } from "./backtest/mod.ts";
import { type AccountStrategy, lookupOf } from "./account_strategies.ts";
import { type BacktestOptions, feedsOf, functionsOf, specOf } from "./backtest_options.ts";
import { countedFamily, countRun } from "./count_run.ts";
import { showingAs, type Shown } from "./display/mod.ts";
import type { CandleColumns } from "./market/mod.ts";
import { judgeTrial, type RobustnessSettings, type RobustnessStudy, studyRobustness } from "./research/mod.ts";
import type { Strategy } from "./strategies/mod.ts";
import { shownVerdict } from "./verdict_shown.ts";

/** How the backtest differs from the defaults, and how its study does; `seed` is that of both. */
export interface RobustnessOptions extends BacktestOptions, RobustnessSettings {}

/**
 * Backtests a strategy and stresses the run in every way that is known: its trades in other orders and drawn anew, histories
 * made of blocks of the real one, noise on prices, missed trades, other costs, delays, crises, the size of the account,
 * random entries. In a notebook it shows the verdict: what would have to be true for it to make money. The run counts as
 * a trial; the replays do not, as nothing is chosen among them.
 *
 * @throws {InputError} as `backtest` does, and `robustness` for settings that cannot be used.
 * @example
 * ```ts
 * import { candleColumns, instrument, robustness, smaCross, type TimestampMs, timeframe } from "./mod.ts";
 *
 * const closes = Array.from({ length: 200 }, (_, i) => 100 + 10 * Math.sin(i / 9));
 * const btc = candleColumns(instrument({ exchange: "my-venue", symbol: "BTC/USD" }), timeframe("1d"), closes.map((at, i) => ({
 *   openTimeMs: i * 86_400_000 as TimestampMs, open: at, high: at + 1, low: at - 1, close: at, volume: 50,
 * })));
 *
 * const study = await robustness(smaCross, btc, { params: { fast: 3, slow: 9 }, fees: 10, samples: 20 });
 * study.verdict.headline; // "too little to tell"
 * study.verdict.conditions; // what would have to be true
 * study.costs; // break-even, and what other costs leave
 * ```
 */
export async function robustness(
  strategies: Strategy | readonly AccountStrategy[],
  history: CandleColumns | readonly CandleColumns[],
  options: RobustnessOptions = {},
): Promise<RobustnessStudy & Shown> {
  const columns = "instrument" in history ? [history] : history;
  const spec = specOf(strategies, columns, options), bound = bindStrategies(spec, lookupOf(strategies));
  const given = [...columns, ...options.reads ?? []], functions = functionsOf(options), feeds = feedsOf(options);
  const run = await runBacktest(spec, bound, given, undefined, functions, feeds);
  await countRun(run, options.dataDir);
  const { used } = usedCandles(spec, bound, given);
  const study = await studyRobustness(
    { run, strategies: bound, candles: used, functions, feeds, evidence: await evidenceOf(run, options.dataDir) },
    options,
  );
  return showingAs(study, () => shownVerdict(study.verdict));
}

/** The returns of other trials are not at hand in a notebook: `sweep` judges those. */
async function evidenceOf(run: RunRecord, dataDir?: string) {
  const family = await countedFamily(run, dataDir);
  const own = family.find(({ hash }) => hash === run.manifest.run.hash);
  return { judgement: own === undefined ? null : judgeTrial(own, family), overfitting: null, walks: [] };
}
