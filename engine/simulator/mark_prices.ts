import type { CandleColumns } from "../market/mod.ts";
import type { TradedCandles } from "./traded_candles.ts";

/**
 * The mark price of each market in the candles that are traded: from candles of the mark where a run has them, else what
 * was traded.
 */
export class MarkPrices {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Traded candles of markets with mark prices for which there was none: there the traded one stood in. */
  missing = 0;
  readonly #columns: readonly (CandleColumns | null)[];
  readonly #next: Int32Array;

  constructor(columns: readonly (CandleColumns | null)[]) {
    const column = () => new Float64Array(columns.length).fill(NaN);
    this.#columns = columns;
    this.#next = new Int32Array(columns.length);
    this.open = column();
    this.high = column();
    this.low = column();
    this.close = column();
  }

  /** True where the mark price is that of the trades. */
  isTraded(instrument: number): boolean {
    return this.#columns[instrument] === null;
  }

  /** Goes to a group of candles; markets without one keep their last close. */
  take(candles: TradedCandles): void {
    for (let row = 0; row < candles.count; row++) {
      const instrument = candles.instrument[row]!, own = this.#columns[instrument]!;
      const at = own === null ? -1 : this.#rowAt(own, instrument, candles.openTimeMs[row]!);
      if (own !== null && at < 0) this.missing++;
      const from = at < 0 ? candles : own!, index = at < 0 ? row : at;
      this.open[instrument] = from.open[index]!;
      this.high[instrument] = from.high[index]!;
      this.low[instrument] = from.low[index]!;
      this.close[instrument] = from.close[index]!;
    }
  }

  #rowAt({ openTimeMs, length }: CandleColumns, instrument: number, timeMs: number): number {
    let row = this.#next[instrument]!;
    while (row < length && openTimeMs[row]! < timeMs) row++;
    this.#next[instrument] = row;
    return row < length && openTimeMs[row] === timeMs ? row : -1;
  }
}
