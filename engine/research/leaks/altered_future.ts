// Other futures for the same past.
import type { CandleColumns, FundingColumns } from "../../market/mod.ts";
import { type Random, shuffle } from "../../time/mod.ts";
import type { Feed } from "./pipeline.ts";

/** What may be put in the place of what comes after a decision, at the same times. */
export type Alteration = "noise" | "inverted" | "extreme" | "shuffled" | "shifted" | "unknown";

/** One of the first three, which differ from what was, at each sample; the others look like it. */
export const STRONG: readonly Alteration[] = ["noise", "inverted", "extreme"];
export const OTHER: readonly Alteration[] = ["shuffled", "shifted", "unknown"];

/** What each does, in words. */
export const ALTERATION_TEXT: Readonly<Record<Alteration | "truncated", string>> = {
  noise: "replaced by noise",
  inverted: "turned upside down",
  extreme: "replaced by extremes",
  shuffled: "shuffled",
  shifted: "shifted in time",
  unknown: "replaced by NaN",
  truncated: "cut off",
};

const LEAST_STEP = 0.005, MOST_STEP = 0.2, FACTOR = 8;

/** Copies of candles with another future from row `from` on. */
export function alteredCandles(candles: CandleColumns, from: number, how: Alteration, random: Random): CandleColumns {
  const copy = copiedCandles(candles), { length } = candles;
  if (from >= length) return copy;
  if (how === "noise") return addNoise(copy, candles, from, random);
  const source = sourceRows(from, length, how, random);
  const pivot = from > 0 ? candles.close[from - 1]! : candles.open[0]!;
  for (let row = from; row < length; row++) {
    const at = source === null ? row : source[row - from]!;
    const open = candles.open[at]!, high = candles.high[at]!, low = candles.low[at]!, close = candles.close[at]!;
    if (how === "unknown") setRow(copy, row, NaN, NaN, NaN, NaN, NaN);
    else if (how === "inverted") {
      const square = pivot * pivot, volume = candles.volume[from + length - 1 - row]!;
      setRow(copy, row, square / open, square / low, square / high, square / close, volume);
    } else if (how === "extreme") {
      const up = random.next() < 0.5, factor = up ? FACTOR : 1 / FACTOR, volume = candles.volume[at]! + 1;
      setRow(copy, row, open * factor, high * factor, low * factor, close * factor, up ? volume * 50 : 0);
    } else setRow(copy, row, open, high, low, close, candles.volume[at]!);
  }
  return copy;
}

function setRow(
  { open, high, low, close, volume }: CandleColumns,
  row: number,
  o: number,
  h: number,
  l: number,
  c: number,
  v: number,
): void {
  open[row] = o;
  high[row] = h;
  low[row] = l;
  close[row] = c;
  volume[row] = v;
}

/** A random walk from the last close, several times as rough as the candles are. */
function addNoise(copy: CandleColumns, candles: CandleColumns, from: number, random: Random): CandleColumns {
  const { close, volume, length } = candles;
  let moved = 0, traded = 0;
  for (let row = 1; row < length; row++) {
    moved += Math.abs(close[row]! / close[row - 1]! - 1) || 0;
    traded += volume[row]! || 0;
  }
  const step = Math.min(MOST_STEP, Math.max(LEAST_STEP, 4 * moved / length)), usual = traded / length + 1;
  let last = from > 0 ? close[from - 1]! : candles.open[0]!;
  for (let row = from; row < length; row++) {
    const next = last * (1 + step * (2 * random.next() - 1));
    const high = Math.max(last, next) * (1 + step * random.next()),
      low = Math.min(last, next) * (1 - step * random.next());
    setRow(copy, row, last, high, low, next, usual * 4 * random.next());
    last = next;
  }
  return copy;
}

/** Which rows take the places of rows `from` …; null where each keeps its own. */
function sourceRows(from: number, length: number, how: Alteration, random: Random): Int32Array | null {
  const count = length - from, rows = Int32Array.from({ length: count }, (_, i) => from + i);
  if (how === "shifted") {
    const by = 1 + Math.floor(random.next() * Math.max(1, count - 1));
    return rows.map((_, i) => from + (i + by) % count);
  }
  if (how !== "shuffled") return null;
  shuffle(rows, random);
  return rows;
}

/** A column of a feed with other values from row `from` on. */
export function alteredValues(values: Float64Array, from: number, how: Alteration, random: Random): Float64Array {
  const copy = values.slice(), largest = values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0) || 1;
  const source = sourceRows(from, values.length, how, random);
  for (let row = from; row < values.length; row++) {
    const value = values[source === null ? row : source[row - from]!]!;
    if (how === "unknown") copy[row] = NaN;
    else if (how === "noise") copy[row] = 2 * largest * (2 * random.next() - 1);
    else if (how === "inverted") copy[row] = -value;
    else copy[row] = how === "extreme" ? FACTOR * largest * (random.next() < 0.5 ? 1 : -1) : value;
  }
  return copy;
}

/** Funding with other rates from row `from` on. */
export function alteredFunding(
  funding: FundingColumns,
  from: number,
  how: Alteration,
  random: Random,
): FundingColumns {
  return {
    ...funding,
    timeMs: funding.timeMs.slice(),
    rate: alteredValues(funding.rate, from, how, random),
    intervalMs: funding.intervalMs.slice(),
    markPrice: alteredValues(funding.markPrice, from, how, random),
  };
}

/** A feed with other values from row `from` on, at the same times. */
export function alteredFeed(feed: Feed, from: number, how: Alteration, random: Random): Feed {
  const columns = Object.entries(feed).map(([name, values]) =>
    [name, name === "timeMs" ? values.slice() : alteredValues(values, from, how, random)] as const
  );
  return Object.fromEntries(columns) as unknown as Feed;
}

/** Candles with arrays of their own. */
export function copiedCandles(candles: CandleColumns): CandleColumns {
  const { openTimeMs, open, high, low, close, volume } = candles;
  return {
    ...candles,
    openTimeMs: openTimeMs.slice(),
    open: open.slice(),
    high: high.slice(),
    low: low.slice(),
    close: close.slice(),
    volume: volume.slice(),
  };
}
