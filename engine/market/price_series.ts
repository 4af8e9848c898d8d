import { InputError } from "../errors/mod.ts";
import { barClose, formatTimestamp, parseTimestamp, type TimestampMs } from "../time/mod.ts";
import type { CandleColumns } from "./candle_columns.ts";

/** A price that is known from a moment on, until the next one. */
export interface PricePoint {
  /** ISO text, as in `2024-01-01`. */
  readonly from: string;
  readonly priceQuote: number;
}

/** Prices with the moments from which each is known, oldest first. */
export interface PriceSeries {
  readonly fromMs: readonly TimestampMs[];
  readonly price: readonly number[];
}

/**
 * A price series from one fixed price, or from points in order of time.
 *
 * @throws {InputError} `prices` for a price that is not above 0, or points that are not in order.
 */
export function priceSeries(points: number | readonly PricePoint[]): PriceSeries {
  if (typeof points === "number") return { fromMs: [-Infinity as TimestampMs], price: [checked(points)] };
  if (points.length === 0) throw new InputError("prices", "a table of prices has no row: state one price, or some");
  const fromMs = points.map(({ from }) => parseTimestamp(from));
  const unordered = fromMs.findIndex((from, i) => i > 0 && from <= fromMs[i - 1]!);
  if (unordered > 0) {
    throw new InputError(
      "prices",
      `the price of ${points[unordered]!.from} does not come after the one before it: sort`,
    );
  }
  return { fromMs, price: points.map(({ priceQuote }) => checked(priceQuote)) };
}

function checked(price: number): number {
  if (price > 0 && Number.isFinite(price)) return price;
  throw new InputError("prices", `${price} is not a price: prices are above zero`);
}

/** The price that is known at a moment; before the first point, the first one. */
export function priceAt({ fromMs, price }: PriceSeries, timeMs: TimestampMs): number {
  let low = 0, high = fromMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (fromMs[middle]! <= timeMs) low = middle + 1;
    else high = middle;
  }
  return price[Math.max(0, low - 1)]!;
}

/** The closes of candles as price points: each is known once its candle has closed. */
export function closePrices(candles: CandleColumns): PricePoint[] {
  return Array.from(candles.close.subarray(0, candles.length), (priceQuote, row) => ({
    from: formatTimestamp(barClose(candles.timeframe, candles.openTimeMs[row] as TimestampMs)),
    priceQuote,
  }));
}
