// Test support only: a strategy as a few lines of code over a few candles, and what became of it in one line.
import { parseRunSpec, runBacktest, type RunRecord, type RunSpecInput } from "../backtest/mod.ts";
import { candleColumns, instrument } from "../market/mod.ts";
import {
  BaseStrategy,
  type DecisionContext,
  defineStrategy,
  type Strategy,
  type StrategyRules,
} from "../strategies/mod.ts";
import { timeframe, timestampMs } from "../time/mod.ts";

export const HOUR_MS = 3_600_000;
const market = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear" });

export type Bar = readonly [open: number, high: number, low: number, close: number, volume?: number];

/** What to do on the last flat candle (0) and on each one after it. */
export type Script = (context: DecisionContext, candle: number) => void;

/** Runs a script over two flat candles at 100 followed by `bars`, with orders of one unit and no costs. */
export function runScript(script: Script, bars: readonly Bar[], part: Partial<RunSpecInput> = {}): Promise<RunRecord> {
  class Scripted extends BaseStrategy {
    readonly series = [];
    decide(context: DecisionContext): void {
      if (context.index >= 1) script(context, context.index - 1);
    }
  }
  return runStrategy(defineStrategy({ id: "script", params: {}, create: () => new Scripted() }), bars, part);
}

/** The same with rules. */
export function runRules(
  rules: StrategyRules,
  bars: readonly Bar[],
  part: Partial<RunSpecInput> = {},
): Promise<RunRecord> {
  return runStrategy(defineStrategy({ id: "script", params: {}, rules: () => rules }), bars, part);
}

/** The same with a strategy, whose id is `script`. */
export function runStrategy(
  strategy: Strategy<Record<never, never>>,
  bars: readonly Bar[],
  part: Partial<RunSpecInput> = {},
): Promise<RunRecord> {
  const flat: Bar = [100, 100, 100, 100];
  const rows = [flat, flat, ...bars].map(([open, high, low, close, volume = 1_000], i) => (
    { openTimeMs: timestampMs(i * HOUR_MS), open, high, low, close, volume }
  ));
  const spec = parseRunSpec({
    strategy: "script",
    markets: [{ exchange: "test", symbol: "BTC/USDT", kind: "linear" }],
    timeframe: "1h",
    costs: { makerBps: 0, takerBps: 0 },
    sizing: { kind: "units", units: 1 },
    ...part,
  });
  return runBacktest(spec, strategy.bind(), [candleColumns(market, timeframe("1h"), rows)]);
}

/** `long 105 → 108 target, long 105 open`: trades, what is open, ambiguous fills; sizes other than 1 stand in front. */
export function told({ trades, notes }: RunRecord): string {
  const sized = (quantity: number) => quantity === 1 ? "" : `${quantity} `;
  return [
    ...trades.map(({ side, quantity, entryPrice, exitPrice, exitReason }) =>
      `${sized(quantity)}${side} ${entryPrice} → ${exitPrice} ${exitReason}`
    ),
    ...notes.openTrades.map(({ side, quantity, entryPrice }) => `${sized(quantity)}${side} ${entryPrice} open`),
    ...(notes.ambiguousFills > 0 ? [`${notes.ambiguousFills} ambiguous`] : []),
  ].join(", ");
}
