// What a notebook says in one line of how a strategy stands up to what did not happen.
import { bindStrategies, runBacktest, type RunRecord, type RunSpec, usedCandles } from "./backtest/mod.ts";
import { type AccountStrategy, lookupOf } from "./account_strategies.ts";
import { type BacktestOptions, feedsOf, functionsOf, specOf } from "./backtest_options.ts";
import { countedFamily, countRun } from "./count_run.ts";
import { showingAs, type Shown } from "./display/mod.ts";
import type { CandleColumns } from "./market/mod.ts";
import { InputError } from "./errors/mod.ts";
import {
  type Evidence,
  type JudgedStudy,
  judgeTrial,
  type RobustnessSettings,
  type RobustnessStudy,
  studyRobustness,
  walkEvidence,
  type WalkForward,
} from "./research/mod.ts";
import type { Strategy } from "./strategies/mod.ts";
import { shownVerdict } from "./verdict_shown.ts";

/** How the backtest differs from the defaults, and how its study does; `seed` is that of both. */
export interface RobustnessOptions extends BacktestOptions, RobustnessSettings {
  /** The sweep that the parameters come from: its probability of overfitting belongs into the verdict. */
  readonly sweep?: JudgedStudy;
  /** What choosing them again and again came to. */
  readonly walk?: WalkForward;
}

/**
 * Backtests a strategy and stresses the run in every way that is known: its trades in other orders and drawn anew, histories
 * made of blocks of the real one, noise on prices, missed trades, other costs, delays, crises, the size of the account,
 * random entries. In a notebook it shows the verdict: what would have to be true for it to make money. The run counts as
 * a trial; the replays do not, as nothing is chosen among them.
 *
 * @throws {InputError} as `backtest` does, and `robustness` for settings that cannot be used, or a sweep or walk of another
 * strategy or market.
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
    { run, strategies: bound, candles: used, functions, feeds, evidence: await evidenceOf(run, options) },
    options,
  );
  return showingAs(study, () => shownVerdict(study.verdict));
}

/** What is known of a run beside itself: its count of trials, and the studies that are handed over. */
async function evidenceOf(run: RunRecord, { sweep, walk, dataDir }: RobustnessOptions): Promise<Evidence> {
  for (const [name, study] of Object.entries({ sweep, walk })) if (study !== undefined) checkOrigin(name, study, run);
  const family = await countedFamily(run, dataDir);
  const own = family.find(({ hash }) => hash === run.manifest.run.hash), walked = walk && walkEvidence(walk);
  return {
    judgement: own === undefined ? null : judgeTrial(own, family),
    overfitting: sweep?.overfitting ?? null,
    walks: walked ? [walked] : [],
  };
}

function checkOrigin(name: string, { strategy, spec }: JudgedStudy | WalkForward, { manifest }: RunRecord): void {
  const marketsOf = ({ markets, timeframe }: Pick<RunSpec, "markets" | "timeframe">) =>
    `${markets.map(({ exchange, symbol }) => `${exchange}:${symbol}`).join(" ")} ${timeframe}`;
  const [is, wanted] = [`${strategy} on ${marketsOf(spec)}`, `${manifest.strategy} on ${marketsOf(manifest)}`];
  if (is !== wanted) {
    throw new InputError("robustness", `the ${name} is of ${is} and says nothing about ${wanted}: give one of that`);
  }
}
