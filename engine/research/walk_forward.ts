// Parameters are chosen on one stretch of history and traded on the next one, again and again: what comes of the choosing
// itself, as it would have been done at the time. Pardo, "The Evaluation and Optimization of Trading Strategies" (2008).
import { runBacktest, type RunRecord, type RunSpec, type TrialMetrics } from "../backtest/mod.ts";
import { InputError } from "../errors/mod.ts";
import type { CandleColumns } from "../market/mod.ts";
import { dailyReturns, type Figure, mean, type RunMetrics, runMetrics } from "../metrics/mod.ts";
import type { EquityCurve, Trade } from "../portfolio/mod.ts";
import type { ParameterValue } from "../strategies/mod.ts";
import { barClose, formatTimestamp, parseTimestamp, type TimestampMs } from "../time/mod.ts";
import { gridPoints } from "./parameter_grid.ts";
import { returnMoments } from "./return_moments.ts";
import { objectiveOf, type Study } from "./study.ts";
import { runSweep, type SweepInput, sweepInput, type SweepPlan, type SweepSurroundings } from "./sweep.ts";
import { type CountedTrials, countedTrials } from "./swept_trial.ts";
import { type Trial, trialOfRun } from "./trial.ts";
import { judgeReturns, type TrialJudgement } from "./trial_family.ts";
import {
  type TimeSpan,
  type TrainTestSpan,
  type WalkForwardLayout,
  walkForwardWindows,
} from "./walk_forward_windows.ts";

/** What is chosen, how, and on which windows. */
export interface WalkForwardPlan {
  /** What each window's choice is made by. Its spec's range is the whole of what is walked through. */
  readonly sweep: SweepPlan;
  readonly layout: WalkForwardLayout;
}

/** What goes on around a walk. */
export interface WalkForwardSurroundings extends Pick<SweepSurroundings, "queue" | "progress"> {
  /**
   * Trials of a window's training that an earlier walk has done, and who keeps those that are made; `counted` gives what the
   * ledger keeps of them.
   */
  readonly window?: (
    index: number,
    plan: SweepPlan,
    input: SweepInput,
    counted: CountedTrials,
  ) => Promise<Pick<SweepSurroundings, "done" | "onTrials"> & { readonly close?: () => void }>;
}

/** One window: what was chosen on its training, and what came of it. */
export interface WalkForwardStep extends TrainTestSpan {
  /** Trials of the training. */
  readonly trials: number;
  /** All parameters of the best; null where no trial had the figure of the objective: then nothing was traded. */
  readonly params: Readonly<Record<string, ParameterValue>> | null;
  readonly inSample: TrialMetrics | null;
  readonly outOfSample: Readonly<Record<string, number | null>> | null;
  /** Hash of the run out of sample: `backtest` repeats it. */
  readonly runHash: string | null;
}

/** A whole walk. */
export interface WalkForward {
  readonly strategy: string;
  readonly spec: RunSpec;
  readonly axes: SweepPlan["axes"];
  readonly layout: WalkForwardLayout;
  readonly objective: Study["objective"];
  /** Fewer than `windows` where it was interrupted. */
  readonly steps: readonly WalkForwardStep[];
  readonly windows: number;
  /** The account over all tests, one after the other: each begins with what the one before has left. */
  readonly equity: EquityCurve;
  readonly trades: readonly Trade[];
  readonly metrics: RunMetrics;
  /** Return a year out of sample ÷ mean of those in sample; null where that is no gain. */
  readonly efficiencyRatio: Figure;
  /** Share of tests that ended with a gain. */
  readonly winningTestsFraction: Figure;
  /** The account over all tests as one track record: nothing in it was chosen with its own days. */
  readonly judgement: TrialJudgement;
  /** Every evaluation for the ledger, in order: of each window the trials of its training, then its test. */
  readonly evaluated: readonly Trial[];
}

/**
 * Walks forward through a history. Each window's choice is a sweep over its training; its test is a backtest, candle by
 * candle, that begins flat and closes its position at the open of its last candle.
 *
 * @throws {InputError} as `runSweep` does, and `walk-forward` for a layout that does not fit the history.
 */
export async function runWalkForward(
  plan: WalkForwardPlan,
  history: readonly CandleColumns[],
  { queue, progress, window }: WalkForwardSurroundings = {},
): Promise<WalkForward> {
  const { sweep, layout } = plan, { spec } = sweep;
  const points = gridPoints(sweep.strategy, sweep.axes, sweep).length;
  const windows = walkForwardWindows(rangeOf(spec, history), layout), total = windows.length * points;
  const walk = new Walk(spec.account.cashQuote);
  let goesOn = true;
  for (const [index, span] of windows.entries()) {
    const own = { ...sweep, spec: within(spec, span.train) }, input = sweepInput(own, history);
    const { money = "exact" } = own, counted = countedTrials({ spec: own.spec, money }, input, WALK_SOURCE);
    const around = await window?.(index, own, input, counted);
    const study = await runSweep(own, input, {
      ...around,
      ...(queue === undefined ? {} : { queue }),
      progress: (done) => goesOn = progress?.(index * points + done, total) !== false,
    });
    around?.close?.();
    if (!goesOn && study.trials.length < study.points) break;
    await walk.take(span, study, counted, await testOf(sweep, study, span.test, history, walk.cash));
    if (!goesOn) break;
  }
  const { strategy, axes } = sweep;
  return {
    strategy: strategy.id,
    spec,
    axes,
    layout,
    objective: sweep.objective ?? objectiveOf("sharpe"),
    windows: windows.length,
    ...walk.result(spec.account.cashQuote),
  };
}

/** From the first candle on which the run may decide to its last close. */
function rangeOf({ from, to, markets, timeframe }: RunSpec, history: readonly CandleColumns[]): TimeSpan {
  const id = `${markets[0]!.exchange}:${markets[0]!.symbol}`;
  const own = history.find(({ instrument, timeframe: length }) => instrument.id === id && length === timeframe);
  if (own === undefined || own.length === 0) {
    throw new InputError("candles", `there are no ${timeframe} candles of ${id} to walk through: give them along`);
  }
  const first = own.openTimeMs[0]!, end = barClose(own.timeframe, own.openTimeMs[own.length - 1] as TimestampMs);
  return {
    fromMs: Math.max(first, from === null ? -Infinity : parseTimestamp(from)) as TimestampMs,
    toMs: Math.min(end, to === null ? Infinity : parseTimestamp(to)) as TimestampMs,
  };
}

function within(spec: RunSpec, { fromMs, toMs }: TimeSpan): RunSpec {
  return { ...spec, from: formatTimestamp(fromMs), to: formatTimestamp(toMs) };
}

/** The run out of sample with the best parameters; null where there are none. */
async function testOf(
  { spec, strategy, functions, feeds }: SweepPlan,
  { best }: Study,
  span: TimeSpan,
  history: readonly CandleColumns[],
  cashQuote: number,
): Promise<RunRecord | null> {
  if (best === null) return null;
  const bound = strategy.bind(best.params);
  const own = {
    ...within(spec, span),
    params: bound.params,
    account: { ...spec.account, cashQuote },
    fillRules: closing(spec.fillRules),
  };
  return await runBacktest(own, bound, history, undefined, functions, feeds);
}

/** What is held at the end of a test is sold there: the next one begins flat. */
function closing(rules: RunSpec["fillRules"]): RunSpec["fillRules"] {
  if (rules.atEnd !== "leave-open") return rules;
  return { ...rules, id: `${rules.id}, closing at the end`, atEnd: "close-at-last-open" };
}

/** Where the ledger says that trials of a walk come from. */
const WALK_SOURCE = "walk-forward";

/** Puts the tests together. */
class Walk {
  readonly #steps: WalkForwardStep[] = [];
  readonly #runs: RunRecord[] = [];
  readonly #evaluated: Trial[] = [];
  /** What the tests so far have left. */
  cash: number;

  constructor(startQuote: number) {
    this.cash = startQuote;
  }

  async take(span: TrainTestSpan, study: Study, counted: CountedTrials, test: RunRecord | null): Promise<void> {
    for (const trial of await counted(study.trials)) this.#evaluated.push(trial);
    this.#steps.push({
      ...span,
      trials: study.trials.length,
      params: test && test.manifest.params!,
      inSample: study.best && study.best.metrics,
      outOfSample: test && test.metrics,
      runHash: test && test.manifest.run.hash,
    });
    if (test === null) return;
    this.#runs.push(test);
    this.#evaluated.push(trialOfRun(test, WALK_SOURCE));
    this.cash = test.equity.equity.at(-1) ?? this.cash;
    if (this.cash > 0) return;
    throw new InputError(
      "walk-forward",
      `nothing was left after the test from ${formatTimestamp(span.test.fromMs)}: trade less, or without leverage`,
    );
  }

  result(startingCash: number) {
    const equity = joined(this.#runs.map((own) => own.equity)), trades = this.#runs.flatMap((own) => own.trades);
    const openTrades = this.#runs.flatMap(({ notes }) => notes.openTrades);
    const metrics = runMetrics({ trades, openTrades, equity, startingCash });
    const { returns } = dailyReturns(equity, startingCash);
    const inSample = mean(this.#steps.flatMap((own) => own.inSample?.cagrFraction ?? []));
    const gains = this.#steps.flatMap(({ outOfSample }) => outOfSample?.totalReturnFraction ?? []);
    return {
      steps: this.#steps,
      equity,
      trades,
      metrics,
      efficiencyRatio: inSample === null || inSample <= 0 || metrics.cagrFraction === null
        ? null
        : metrics.cagrFraction / inSample,
      winningTestsFraction: gains.length === 0 ? null : gains.filter((gain) => gain > 0).length / gains.length,
      judgement: judgeReturns([returnMoments(returns)], 0),
      evaluated: this.#evaluated,
    };
  }
}

function joined(curves: readonly EquityCurve[]): EquityCurve {
  const column = (name: keyof EquityCurve) => {
    const whole = new Float64Array(curves.reduce((sum, own) => sum + own[name].length, 0));
    let at = 0;
    for (const own of curves) {
      whole.set(own[name], at);
      at += own[name].length;
    }
    return whole;
  };
  return {
    closeTimeMs: column("closeTimeMs"),
    equity: column("equity"),
    grossExposure: column("grossExposure"),
    netExposure: column("netExposure"),
  };
}
