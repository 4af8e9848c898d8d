// Runs a strategy again on a history, or on terms, that differ from its own.
import {
  type BoundStrategies,
  ColumnRunner,
  eventTrial,
  type PlainRules,
  plainRules,
  plainTerms,
  type RunSpec,
  type TrialCandles,
  type TrialMetrics,
} from "../../backtest/mod.ts";
import type { CandleColumns } from "../../market/mod.ts";
import type { Figure } from "../../metrics/mod.ts";
import type { BoundStrategy } from "../../strategies/mod.ts";

/** What a replay came to. */
export interface ReplayFigures {
  readonly totalReturnFraction: number;
  /** Null of fewer than 2 days. */
  readonly cagrFraction: Figure;
  readonly sharpe: Figure;
  readonly maxDrawdownFraction: number;
  readonly tradeCount: number;
}

/** What differs from the run itself. */
export interface Variation {
  /** Other terms of the same strategies and markets. */
  readonly spec?: RunSpec;
  /** Other candles of the same markets. */
  readonly used?: readonly CandleColumns[];
}

/** Replays of one run: over columns where these are exact, candle by candle else. They are no trials: nothing is chosen. */
export class Replayer {
  /** Why replays of the run's own terms go candle by candle; null where they go over columns. */
  readonly why: string | null;
  /** Replays made so far. */
  count = 0;
  readonly #rules: PlainRules | string;

  constructor(
    readonly spec: RunSpec,
    readonly strategies: BoundStrategies,
    readonly candles: TrialCandles,
  ) {
    const one = onlyOne(strategies);
    this.#rules = one === null ? "it has several strategies" : plainRules(one);
    const terms = plainTerms(spec);
    this.why = typeof this.#rules === "string" ? this.#rules : typeof terms === "string" ? terms : null;
  }

  run({ spec = this.spec, used = this.candles.used }: Variation = {}): ReplayFigures {
    this.count++;
    return figuresOf(this.#overColumns(spec, used) ?? this.#byEvents(spec, used));
  }

  /** Null where only the event path can tell. */
  #overColumns(spec: RunSpec, used: readonly CandleColumns[]): TrialMetrics | null {
    const rules = this.#rules, terms = plainTerms(spec);
    if (typeof rules === "string" || typeof terms === "string") return null;
    const runner = new ColumnRunner({ ...this.candles, used }, terms);
    try {
      return runner.run([rules])[0]!;
    } finally {
      runner.release();
    }
  }

  #byEvents(spec: RunSpec, used: readonly CandleColumns[]): TrialMetrics {
    return eventTrial(spec, this.strategies, { ...this.candles, used }).metrics;
  }
}

function onlyOne(strategies: BoundStrategies): BoundStrategy | null {
  if ("create" in strategies) return strategies;
  return strategies.length === 1 ? strategies[0]! : null;
}

function figuresOf(metrics: TrialMetrics): ReplayFigures {
  return {
    totalReturnFraction: metrics.totalReturnFraction ?? 0,
    cagrFraction: metrics.cagrFraction,
    sharpe: metrics.sharpe,
    maxDrawdownFraction: metrics.maxDrawdownFraction ?? 0,
    tradeCount: metrics.tradeCount ?? 0,
  };
}
