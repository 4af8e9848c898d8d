// The candles of a search: from where all its trials see the history, and the parts of it.
import { type BoundStrategies, candleRange, type RunSpec, type TrialCandles, usedCandles } from "../../backtest/mod.ts";
import { isCodedError } from "../../errors/mod.ts";
import { type CandleColumns, candlesBetween } from "../../market/mod.ts";
import type { BoundStrategy, ParameterValue, Strategy } from "../../strategies/mod.ts";
import { formatTimestamp, type TimestampMs } from "../../time/mod.ts";
import type { Dimension } from "./search_axis.ts";
import { paramsAt } from "./search_space.ts";
import { startPoints } from "./start_points.ts";

/** Points beside the corners whose look-back is asked, and the most parameters of which all corners are. */
const SAMPLED_POINTS = 64, MOST_CORNERED = 8;

/**
 * The points of a space that are likely to want the longest look-back: its corners, its middle, and some spread over it. Those
 * that the strategy refuses are left out.
 */
export function outermost(
  strategy: Strategy,
  dimensions: readonly Dimension[],
  fixed: Readonly<Record<string, ParameterValue>>,
): BoundStrategy[] {
  const d = dimensions.length,
    corners = d > MOST_CORNERED
      ? []
      : Array.from({ length: 2 ** d }, (_, bits) => Float64Array.from({ length: d }, (_, i) => (bits >>> i) & 1));
  const next = startPoints(d, 0), spread = Array.from({ length: SAMPLED_POINTS }, () => next());
  return [...corners, new Float64Array(d).fill(0.5), ...spread].flatMap((unit) =>
    boundOrNull(strategy, { ...fixed, ...paramsAt(dimensions, unit) }) ?? []
  );
}

/** The strategy with some parameters; null where it refuses them. */
export function boundOrNull(
  strategy: Strategy,
  params: Readonly<Record<string, ParameterValue>>,
): BoundStrategy | null {
  try {
    return strategy.bind(params);
  } catch (error) {
    if (isCodedError(error)) return null;
    throw error;
  }
}

/** The strategy whose candles begin first. */
export function earliest(spec: RunSpec, strategies: readonly BoundStrategy[]): BoundStrategy {
  let found = strategies[0]!, first = Infinity;
  if (spec.from === null) return found;
  for (const own of strategies) {
    const from = candleRange(spec, own).from ?? -Infinity;
    if (from < first) [found, first] = [own, from];
  }
  return found;
}

/** All that is traded, for a spec and the strategy with the longest look-back. */
export function searchCandles(
  spec: RunSpec,
  strategies: BoundStrategies,
  history: readonly CandleColumns[],
  more: Pick<TrialCandles, "functions" | "feeds">,
): TrialCandles {
  return { ...usedCandles(spec, strategies, history), functions: more.functions ?? {}, feeds: more.feeds ?? [] };
}

/** A run on the first part of a history: it ends, as `to` says, where that part does. */
export function firstPart(
  spec: RunSpec,
  candles: TrialCandles,
  fraction: number,
): { readonly spec: RunSpec; readonly candles: TrialCandles } {
  const { openTimeMs, length } = candles.used[0]!, first = openTimeMs.findIndex((at) => at >= candles.tradeFromMs);
  const end = first + Math.max(1, Math.ceil((length - first) * fraction - 1e-9));
  if (fraction === 1 || end >= length) return { spec, candles };
  const toMs = openTimeMs[end] as TimestampMs;
  const used = candles.used.map((own) => candlesBetween(own, -Infinity as TimestampMs, toMs));
  return { spec: { ...spec, to: formatTimestamp(toMs) }, candles: { ...candles, used } };
}
