import { type CandleColumns, exposureNumber, valueNumber } from "../market/mod.ts";
import { addNotional, type Notional, notionalToNumber, quantityToNumber, ZERO_NOTIONAL } from "../money/mod.ts";
import {
  bookCash,
  type BookHoldings,
  type ClosedLot,
  type Holdings,
  lotsQuantity,
  profitOf,
} from "../portfolio/mod.ts";
import { MINUTE_MS } from "../time/mod.ts";
import { heldLots, strategyIdOf, type Trader } from "../trader/mod.ts";

/** About how many closes of a run are kept, and how many rows with many books; but every day's last close is. */
const MOST_CLOSES = 1_000, MOST_ROWS = 20_000;
/** Steps between kept closes. Each divides a day, so that the last close of every day is kept. */
const STEPS_MS = [1, 5, 15, 30, 60, 120, 240, 480, 720, 1_440].map((minutes) => minutes * MINUTE_MS);

interface BookColumns {
  readonly markPrice: number[];
  readonly exposureQuote: number[];
  readonly pnlQuote: number[];
}

/**
 * Keeps what each book holds and has earned at some closes of a replay, see {@linkcode Holdings}. Between these it costs
 * one comparison a close: the driver calls {@linkcode add} when candles come that close after {@linkcode dueMs}.
 */
export class HoldingsRecorder {
  /** The end of the step that the last candles belong to. */
  dueMs = 0;
  readonly #stepMs: number;
  readonly #closeTimeMs: number[] = [];
  readonly #books: readonly BookColumns[];
  /** Profit of each book's closed lots. */
  readonly #closed: Notional[];
  #lotsCounted = 0;

  constructor({ config }: Trader, candles: readonly CandleColumns[]) {
    this.#stepMs = stepOf(config.tradeFromMs, candles, Math.min(MOST_CLOSES, MOST_ROWS / config.books.length));
    this.#books = config.books.map(() => ({ markPrice: [], exposureQuote: [], pnlQuote: [] }));
    this.#closed = config.books.map(() => ZERO_NOTIONAL);
  }

  /**
   * Keeps the account as it is since the last close.
   *
   * @param closeTimeMs That close; NaN before the first one.
   * @param nextCloseMs The close of the candles that come now.
   * @param closed All lots closed so far.
   */
  add(
    { config, state }: Trader,
    closeTimeMs: number,
    nextCloseMs: number,
    closed: readonly { readonly book: number; readonly lot: ClosedLot }[],
  ): void {
    if (closeTimeMs !== closeTimeMs) return;
    this.dueMs = Math.ceil(nextCloseMs / this.#stepMs) * this.#stepMs;
    for (; this.#lotsCounted < closed.length; this.#lotsCounted++) {
      const { book, lot } = closed[this.#lotsCounted]!;
      this.#closed[book] = addNotional(this.#closed[book]!, profitOf(lot));
    }
    this.#closeTimeMs.push(closeTimeMs);
    for (let book = 0; book < this.#books.length; book++) {
      const { markPrice, exposureQuote, pnlQuote } = this.#books[book]!;
      const lots = heldLots(state.books[book]!), { positionNumber } = state.books[book]!;
      const { instrument } = config.books[book]!, market = config.instruments[instrument]!;
      const mark = state.marks[instrument]!;
      const cash = notionalToNumber(bookCash(this.#closed[book]!, lots));
      markPrice.push(mark);
      exposureQuote.push(positionNumber === 0 ? 0 : exposureNumber(market, mark, positionNumber));
      const held = quantityToNumber(lotsQuantity(lots));
      pnlQuote.push(held === 0 ? cash : cash + valueNumber(market, mark, held));
    }
  }

  holdings({ config }: Trader): Holdings {
    return {
      closeTimeMs: Float64Array.from(this.#closeTimeMs),
      books: config.books.map((own, book): BookHoldings => {
        const { markPrice, exposureQuote, pnlQuote } = this.#books[book]!;
        return {
          strategy: strategyIdOf(own),
          instrument: config.instruments[own.instrument]!.id,
          markPrice: Float64Array.from(markPrice),
          exposureQuote: Float64Array.from(exposureQuote),
          pnlQuote: Float64Array.from(pnlQuote),
        };
      }),
    };
  }
}

/** The shortest step with which a run keeps about so many closes. */
function stepOf(tradeFromMs: number, candles: readonly CandleColumns[], closes: number): number {
  let first = Infinity, last = -Infinity;
  for (const { openTimeMs, length } of candles) {
    if (length === 0) continue;
    first = Math.min(first, openTimeMs[0]!);
    last = Math.max(last, openTimeMs[length - 1]!);
  }
  const spanMs = last - Math.max(first, tradeFromMs);
  return STEPS_MS.find((stepMs) => spanMs <= closes * stepMs) ?? STEPS_MS.at(-1)!;
}
