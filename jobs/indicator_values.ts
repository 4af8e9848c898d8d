import { InputError } from "../engine/errors/mod.ts";
import { buildIndicator } from "../engine/indicators/mod.ts";
import { candlesBetween, type CandleSource, instrument } from "../engine/market/mod.ts";
import { evaluateColumns } from "../engine/series/mod.ts";
import { formatTimestamp, parseTimestamp, timeframe, type TimestampMs } from "../engine/time/mod.ts";
import type { Parameters } from "./parameters.ts";

/** Which indicator over which candles; times as text, see `parseTimestamp`. */
export interface IndicatorRequest {
  readonly name: string;
  readonly parameters: Parameters;
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: string;
  readonly from?: string;
  readonly to?: string;
}

/** Lines of an indicator by name, aligned with the open times; null where a value is not known. */
export interface IndicatorValues {
  readonly openTimeMs: readonly number[];
  readonly outputs: Readonly<Record<string, readonly (number | null)[]>>;
}

/**
 * An indicator's values in [`from`, `to`). It is computed from the first candle of the source on, so that a value does not
 * depend on where the stretch that is shown begins.
 *
 * @throws {InputError} `indicator` for an unknown name or parameter, `candles` when there are none in the range.
 */
export async function indicatorValues(source: CandleSource, request: IndicatorRequest): Promise<IndicatorValues> {
  const { outputs } = buildIndicator(request.name, request.parameters);
  const market = instrument({ exchange: request.exchange, symbol: request.symbol });
  const from = request.from === undefined ? -Infinity : parseTimestamp(request.from);
  const to = request.to === undefined ? Infinity : parseTimestamp(request.to);
  const history = await source.candles({
    instrument: market,
    timeframe: timeframe(request.timeframe),
    ...(to === Infinity ? {} : { to: to as TimestampMs }),
  });
  const shown = candlesBetween(history, from as TimestampMs, to as TimestampMs);
  if (shown.length === 0) {
    throw new InputError("candles", `no ${request.timeframe} candles of ${market.id} ${range(history.openTimeMs)}`);
  }
  const skipped = history.length - shown.length;
  const lines = evaluateColumns(outputs.map(({ series }) => series), history);
  return {
    openTimeMs: Array.from(shown.openTimeMs),
    outputs: Object.fromEntries(outputs.map(({ name }, i) => [name, nullForUnknown(lines[i].subarray(skipped))])),
  };
}

function range(openTimeMs: Float64Array): string {
  if (openTimeMs.length === 0) return "are there: import some with deno task candles import";
  const [first, last] = [openTimeMs[0], openTimeMs[openTimeMs.length - 1]].map((ms) =>
    formatTimestamp(ms as TimestampMs)
  );
  return `lie in this range: there are candles from ${first} to ${last}`;
}

function nullForUnknown(values: Float64Array): (number | null)[] {
  return Array.from(values, (value) => Number.isNaN(value) ? null : value);
}
