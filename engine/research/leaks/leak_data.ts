import { InputError } from "../../errors/mod.ts";
import {
  type CandleColumns,
  firstRow,
  type FundingColumns,
  rowAfter,
  sliceCandles,
  VALUE_COLUMNS,
} from "../../market/mod.ts";
import { barClose, fixedLengthMs, SeededRandom, type TimestampMs } from "../../time/mod.ts";
import {
  type Alteration,
  alteredCandles,
  alteredFeed,
  alteredFunding,
  alteredValues,
  copiedCandles,
} from "./altered_future.ts";
import type { Feed } from "./pipeline.ts";

/** All that is known of markets: candles of the first one, of all by symbol (and timeframe, where it is another), and what else becomes known in time. */
export interface LeakData {
  readonly candles: CandleColumns;
  readonly markets: Readonly<Record<string, CandleColumns>>;
  readonly funding: FundingColumns | null;
  readonly feeds: Readonly<Record<string, Feed>>;
}

/** Fewer candles than that tell nothing of what a longer past would. */
export const LEAST_CANDLES = 60;

/**
 * Data of candles, the market that is looked at first.
 *
 * @throws {InputError} `candles` when there are none, too few, or two of one symbol and timeframe.
 */
export function leakData(
  history: readonly CandleColumns[],
  funding: FundingColumns | null = null,
  feeds: Readonly<Record<string, Feed>> = {},
): LeakData {
  const [candles] = history;
  if (candles === undefined) throw new InputError("candles", "there are no candles to look for leaks in: give some");
  if (candles.length < LEAST_CANDLES) {
    throw new InputError(
      "candles",
      `${candles.length} candles of ${candles.instrument.id} are too few to look for leaks in: give ${LEAST_CANDLES} or more`,
    );
  }
  const markets: Record<string, CandleColumns> = {};
  for (const own of history) {
    const { symbol } = own.instrument,
      name = own.timeframe === candles.timeframe ? symbol : `${symbol} ${own.timeframe}`;
    if (markets[name] !== undefined) {
      throw new InputError("candles", `there are two histories of ${name}: give one of each symbol and timeframe`);
    }
    markets[name] = own;
  }
  return { candles, markets, funding, feeds };
}

/** When candle `row` has closed. */
export function closeTimeOf({ timeframe, openTimeMs }: CandleColumns, row: number): number {
  const length = fixedLengthMs(timeframe), open = openTimeMs[row]!;
  return length > 0 ? open + length : barClose(timeframe, open as TimestampMs);
}

/** First row of candles that closes only after `timeMs`. */
export function rowClosingAfter(candles: CandleColumns, timeMs: number): number {
  return firstRow(candles.length, (row) => closeTimeOf(candles, row) > timeMs);
}

/**
 * Data whose future can be replaced. What it gives are copies; the arrays that it was made of are changed, too, until
 * {@linkcode restore}: functions that hold on to those are seen to do so.
 */
export class AlterableData {
  readonly #pristine: LeakData;

  constructor(readonly given: LeakData, readonly seed: number) {
    this.#pristine = mapped(given, copiedCandles, copiedFunding, copiedFeed);
  }

  /** As it is. */
  base(): LeakData {
    return mapped(this.#pristine, copiedCandles, copiedFunding, copiedFeed);
  }

  /** With another future after the close of row `cut` of the first market. */
  altered(cut: number, how: Alteration, draw = 0): LeakData {
    const made = this.#alteredAfter(closeTimeOf(this.#pristine.candles, cut), how, cut * 31 + draw);
    write(made, this.given);
    return made;
  }

  /** With nothing as it was; the arrays that were given stay as they are. */
  replaced(how: Alteration): LeakData {
    return this.#alteredAfter(-Infinity, how, 0);
  }

  #alteredAfter(now: number, how: Alteration, draw: number): LeakData {
    const random = new SeededRandom(this.seed * 7919 + draw), pristine = this.#pristine;
    return mapped(
      pristine,
      (candles) => alteredCandles(candles, rowClosingAfter(candles, now), how, random),
      (funding) => alteredFunding(funding, rowAfter(funding.timeMs, now), how, random),
      (feed) => alteredFeed(feed, rowAfter(feed.timeMs, now), how, random),
    );
  }

  /** The past alone: rows up to `cut`. */
  truncated(cut: number): LeakData {
    return this.#between(-Infinity, closeTimeOf(this.#pristine.candles, cut));
  }

  /** As if history began with row `first`. */
  begunAt(first: number): LeakData {
    return this.#between(this.#pristine.candles.openTimeMs[first]!, Infinity);
  }

  /**
   * With the insides of candles `cut` + 1 … changed: high, low, close and volume. Their opens stay, so what is decided at
   * the close of `cut` and filled at the next open is the same.
   */
  alteredInside(cut: number): LeakData {
    const random = new SeededRandom(this.seed * 7919 + cut), made = this.base(), { candles } = made;
    const from = cut + 1, { open, high, low, close, volume, length } = candles;
    for (let row = from; row < length; row++) {
      const reach = 0.3 * random.next() + 0.05;
      high[row] = open[row]! * (1 + reach);
      low[row] = open[row]! * (1 - reach);
      close[row] = open[row]! * (1 + reach * (2 * random.next() - 1));
    }
    volume.set(alteredValues(volume, from, "noise", random).map(Math.abs));
    write(made, this.given);
    return made;
  }

  /** Puts back what {@linkcode altered} changed in the arrays that were given. */
  restore(): void {
    write(this.#pristine, this.given);
  }

  #between(fromMs: number, toMs: number): LeakData {
    return mapped(
      this.#pristine,
      (candles) => {
        const first = rowAfter(candles.openTimeMs, fromMs - 1);
        return copiedCandles(sliceCandles(candles, first, Math.max(first, rowClosingAfter(candles, toMs))));
      },
      ({ length: _, ...funding }) => {
        const cut = slicedFeed(funding as never, fromMs, toMs) as unknown as FundingColumns;
        return { ...funding, ...cut, length: cut.timeMs.length };
      },
      (feed) => slicedFeed(feed, fromMs, toMs),
    );
  }
}

function mapped(
  { candles, markets, funding, feeds }: LeakData,
  ofCandles: (candles: CandleColumns) => CandleColumns,
  ofFunding: (funding: FundingColumns) => FundingColumns,
  ofFeed: (feed: Feed) => Feed,
): LeakData {
  const made = Object.fromEntries(Object.entries(markets).map(([symbol, own]) => [symbol, ofCandles(own)]));
  return {
    candles: made[candles.instrument.symbol]!,
    markets: made,
    funding: funding === null ? null : ofFunding(funding),
    feeds: Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, ofFeed(feed)])),
  };
}

function copiedFunding(funding: FundingColumns): FundingColumns {
  const { timeMs, rate, intervalMs, markPrice } = funding;
  return {
    ...funding,
    timeMs: timeMs.slice(),
    rate: rate.slice(),
    intervalMs: intervalMs.slice(),
    markPrice: markPrice.slice(),
  };
}

function copiedFeed(feed: Feed): Feed {
  return Object.fromEntries(Object.entries(feed).map(([name, values]) => [name, values.slice()])) as unknown as Feed;
}

/** Rows of a feed that became known from one moment to another, both included; what is no array is left out. */
function slicedFeed(feed: Feed, fromMs: number, toMs: number): Feed {
  const first = rowAfter(feed.timeMs, fromMs - 1), end = rowAfter(feed.timeMs, toMs);
  return Object.fromEntries(
    Object.entries(feed).flatMap(([name, values]) =>
      values instanceof Float64Array ? [[name, values.slice(first, Math.max(first, end))]] : []
    ),
  ) as unknown as Feed;
}

function write(from: LeakData, to: LeakData): void {
  for (const [symbol, candles] of Object.entries(to.markets)) {
    for (const name of VALUE_COLUMNS) candles[name].set(from.markets[symbol]![name]);
  }
  if (to.funding !== null) {
    to.funding.rate.set(from.funding!.rate);
    to.funding.markPrice.set(from.funding!.markPrice);
  }
  for (const [name, feed] of Object.entries(to.feeds)) {
    for (const [column, values] of Object.entries(feed)) values.set(from.feeds[name]![column]!);
  }
}
