// Histories that could have been: the candles of the real one in another order, block by block.
import { InputError } from "../../errors/mod.ts";
import { type CandleColumns, VALUE_COLUMNS } from "../../market/mod.ts";
import type { Random } from "../../time/mod.ts";
import { forEachBlock } from "../stationary_bootstrap.ts";

/** How blocks are drawn. */
export type BootstrapKind = "moving-block" | "stationary";

/**
 * For each place of a drawn history the place of the real one that it comes from.
 *
 * Moving blocks (Künsch, 1989) are equally long and lie anywhere inside; those of the stationary bootstrap (Politis and
 * Romano, 1994) have random lengths around the same mean and go on from the end to the beginning.
 *
 * @param blockLength Length of the blocks, or their mean.
 * @throws {InputError} `robustness` for blocks that cannot be.
 */
export function redrawnPlaces(length: number, kind: BootstrapKind, blockLength: number, random: Random): Int32Array {
  if (!(blockLength >= 1 && blockLength <= Math.max(1, length))) {
    throw new InputError(
      "robustness",
      `blocks of ${blockLength} candles cannot be drawn from ${length}: choose a length from 1 to that`,
    );
  }
  const places = new Int32Array(length);
  if (kind === "stationary") {
    let at = 0;
    forEachBlock(length, 1 / blockLength, random, (from, to) => {
      for (let place = from; place < to; place++) places[at++] = place;
    });
    return places;
  }
  const size = Math.floor(blockLength);
  for (let at = 0; at < length; at += size) {
    const from = Math.floor(random.next() * (length - size + 1));
    for (let i = 0; i < size && at + i < length; i++) places[at + i] = from + i;
  }
  return places;
}

/** All open times of some markets, ascending, each once. */
export function jointTimes(candles: readonly CandleColumns[]): Float64Array {
  const [first, ...others] = candles;
  if (others.every(({ openTimeMs }) => sameTimes(openTimeMs, first!.openTimeMs))) return first!.openTimeMs;
  return Float64Array.from(new Set(candles.flatMap(({ openTimeMs }) => [...openTimeMs]))).sort();
}

function sameTimes(a: Float64Array, b: Float64Array): boolean {
  return a === b || a.length === b.length && a.every((time, i) => time === b[i]);
}

/**
 * A market's candles in a drawn history. Each block goes on from the close before it: open, extremes and close keep their
 * ratios to the close that they followed in the real history, volumes are carried along. Where the market had no candle at
 * a moment, the drawn history has none.
 *
 * @param times All moments of the history; `places` says for each which one it comes from.
 */
export function redrawnCandles(candles: CandleColumns, times: Float64Array, places: Int32Array): CandleColumns {
  const { openTimeMs, open, high, low, close, volume } = candles, rowOf = rowsAt(times, openTimeMs);
  const out = Object.fromEntries(VALUE_COLUMNS.map((name) => [name, new Float64Array(times.length)])) as {
    [name in typeof VALUE_COLUMNS[number]]: Float64Array;
  };
  const newTimes = new Float64Array(times.length);
  let length = 0, scale = 1, isFresh = true, before = open[0]!;
  for (let at = 0; at < times.length; at++) {
    const place = places[at]!;
    if (at === 0 || place !== places[at - 1]! + 1) isFresh = true;
    const row = rowOf[place]!;
    if (row < 0) continue;
    if (isFresh) {
      scale = before / (row > 0 ? close[row - 1]! : open[0]!);
      isFresh = false;
    }
    newTimes[length] = times[at]!;
    out.open[length] = open[row]! * scale;
    out.high[length] = high[row]! * scale;
    out.low[length] = low[row]! * scale;
    before = out.close[length] = close[row]! * scale;
    out.volume[length++] = volume[row]!;
  }
  const cut = (column: Float64Array) => length === column.length ? column : column.slice(0, length);
  return {
    instrument: candles.instrument,
    timeframe: candles.timeframe,
    length,
    openTimeMs: cut(newTimes),
    open: cut(out.open),
    high: cut(out.high),
    low: cut(out.low),
    close: cut(out.close),
    volume: cut(out.volume),
  };
}

/** Row of each moment; −1 where there is no candle. */
function rowsAt(times: Float64Array, openTimeMs: Float64Array): Int32Array {
  const rows = new Int32Array(times.length).fill(-1);
  for (let at = 0, row = 0; at < times.length && row < openTimeMs.length; at++) {
    if (times[at] === openTimeMs[row]) rows[at] = row++;
  }
  return rows;
}
