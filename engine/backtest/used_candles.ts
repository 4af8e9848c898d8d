// Which candles a run wants, and which of those given it uses.
import { InputError } from "../errors/mod.ts";
import { type CandleColumns, candlesBetween } from "../market/mod.ts";
import type { Sizing } from "../orders/mod.ts";
import { correlationCandles, sizingSeries } from "../risk/mod.ts";
import { compileStream, type Series } from "../series/mod.ts";
import { type BoundStrategy, scheduleSeries } from "../strategies/mod.ts";
import {
  barClose,
  formatTimestamp,
  parseTimestamp,
  shiftBars,
  type Timeframe,
  timeframe,
  type TimestampMs,
} from "../time/mod.ts";
import { inOrder } from "./market_order.ts";
import { universeLookBackMs } from "./market_life.ts";
import type { RunSpec } from "./run_spec.ts";
import {
  type BoundStrategies,
  marketIdOf,
  onlyRead,
  plannedStrategies,
  type PlannedStrategy,
} from "./strategy_plan.ts";

/**
 * Look-back loaded before `from`, in multiples of the warm-up: recursive averages need the rest to forget where they
 * began (after ten times its length an average of Wilder's keeps 0.01 % of its first value).
 */
const SETTLING_FACTOR = 10;

/** All that is evaluated of a market: what the strategy reads, then what its hours and the sizing do. */
export function evaluatedSeries({ series, schedule }: BoundStrategy, sizing: Sizing, timeframe: Timeframe): Series[] {
  const hours = schedule === undefined ? [] : Object.values(scheduleSeries(schedule));
  return [...series, ...hours, ...sizingSeries(sizing, timeframe)];
}

/** Candles of its own timeframe that a strategy wants before a run's `from`, so that its series are known and settled there. */
function lookBackCandles(spec: RunSpec, { strategy, sizing, timeframe }: PlannedStrategy): number {
  const series = evaluatedSeries(strategy, sizing ?? spec.sizing, timeframe);
  const { warmUp } = compileStream(series, timeframe, spec.markets[0]!.symbol);
  // Returns are one less than the closes that they are made of.
  const allocation = strategy.allocation === undefined ? 0 : strategy.allocation.lookback + 1;
  return Math.max(warmUp * SETTLING_FACTOR, allocation);
}

/** Open times of the candles to load for a run: look-back included, null where the data decide. */
export function candleRange(
  spec: RunSpec,
  strategies: BoundStrategies,
): { from: TimestampMs | null; to: TimestampMs | null } {
  const to = spec.to === null ? null : parseTimestamp(spec.to);
  if (spec.from === null) return { from: null, to };
  const start = parseTimestamp(spec.from);
  const from = plannedStrategies(spec, strategies).map((own) =>
    shiftBars(own.timeframe, start, -lookBackCandles(spec, own))
  );
  // A correlation counts the run's candles, and needs one more than it has returns.
  const returns = correlationCandles(spec.limits);
  from.push(shiftBars(timeframe(spec.timeframe), start, returns > 0 ? -returns - 1 : 0));
  return { from: Math.min(...from, start - universeLookBackMs(spec)) as TimestampMs, to };
}

/** The candles that a run uses of those given, and the first moment at which it may decide. */
export function usedCandles(
  spec: RunSpec,
  strategies: BoundStrategies,
  candles: readonly CandleColumns[],
): { used: CandleColumns[]; tradeFromMs: TimestampMs } {
  const paired = pairedCandles(spec, plannedStrategies(spec, strategies), candles);
  const own = cutToRange(spec, strategies, paired.filter(({ timeframe }) => timeframe === spec.timeframe));
  const tradeFromMs = spec.from === null
    ? Math.min(...own.map(({ openTimeMs }) => openTimeMs[0]!)) as TimestampMs
    : parseTimestamp(spec.from);
  const finer = paired.filter(({ timeframe }) => timeframe !== spec.timeframe).map((detail, market) => {
    const { openTimeMs, length, timeframe } = own[market]!;
    const endMs = barClose(timeframe, openTimeMs[length - 1] as TimestampMs);
    return candlesBetween(detail, openTimeMs[0] as TimestampMs, endMs);
  });
  return { used: [...own, ...finer], tradeFromMs };
}

/**
 * The candles of a run's markets in their order, then those of the symbols that are only read, by their ids, then the
 * finer ones of its markets; others are left out. A symbol that its market's exchange has no candles of is taken from
 * another one.
 *
 * @throws {InputError} `candles` when a market has none, `detail` when it has no finer ones and the run wants them.
 */
export function pairedCandles(
  spec: RunSpec,
  planned: readonly PlannedStrategy[],
  candles: readonly CandleColumns[],
): CandleColumns[] {
  const own = candles.filter(({ timeframe }) => timeframe === spec.timeframe);
  const byId = new Map<string, CandleColumns>(own.map((columns) => [columns.instrument.id, columns]));
  const traded = spec.markets.map((_, market) => {
    const id = marketIdOf(spec, market), found = byId.get(id);
    if (found !== undefined) return found;
    const known = [...byId.keys()].join(", ") || "none";
    throw new InputError(
      "candles",
      `there are no ${spec.timeframe} candles of ${id}, which the run trades, but of ${known}: give them along`,
    );
  });
  const read = onlyRead(spec, planned).flatMap(({ exchange, symbol }) => {
    const elsewhere = [...byId.values()].filter((own) => own.instrument.symbol === symbol);
    return byId.get(`${exchange}:${symbol}`) ?? inOrder(elsewhere, (own) => own.instrument.id)[0] ?? [];
  });
  return [...new Set([...traded, ...read]), ...detailOf(spec, candles)];
}

function detailOf(spec: RunSpec, candles: readonly CandleColumns[]): CandleColumns[] {
  if (spec.detail === undefined) return [];
  return spec.markets.map((_, market) => {
    const id = marketIdOf(spec, market);
    const found = candles.find((own) => own.timeframe === spec.detail && own.instrument.id === id);
    if (found !== undefined) return found;
    throw new InputError("detail", `there are no ${spec.detail} candles of ${id}: import them, or run without detail`);
  });
}

/** Candles of a run's markets within {@linkcode candleRange}. @throws {InputError} `candles` when a market has none. */
function cutToRange(spec: RunSpec, strategies: BoundStrategies, candles: readonly CandleColumns[]): CandleColumns[] {
  const { from, to } = candleRange(spec, strategies);
  return candles.map((own) => {
    const cut = candlesBetween(own, (from ?? -Infinity) as TimestampMs, (to ?? Infinity) as TimestampMs);
    const last = cut.length === 0 ? -Infinity : cut.openTimeMs[cut.length - 1]!;
    if (cut.length === 0 || (spec.from !== null && last < parseTimestamp(spec.from))) {
      const there = own.length === 0
        ? "there are none at all"
        : `they reach from ${formatTimestamp(own.openTimeMs[0] as TimestampMs)} to ${
          formatTimestamp(own.openTimeMs[own.length - 1] as TimestampMs)
        }`;
      throw new InputError(
        "candles",
        `no ${own.timeframe} candles of ${own.instrument.id} between ${spec.from ?? "their start"} and ${
          spec.to ?? "their end"
        }: ${there}`,
      );
    }
    return cut;
  });
}
