import type { FillRules } from "./fill_rules/fill_rules.ts";
import type { TradedCandles } from "./traded_candles.ts";

/** The last two closes of each market, where the rules fill anything at the close before a candle. */
export class KnownCloses {
  readonly #isNeeded: boolean;
  readonly #last: Float64Array;
  readonly #previous: Float64Array;
  readonly #lastTimeMs: Float64Array;
  readonly #previousTimeMs: Float64Array;

  constructor({ marketPrice, stopEntryGap }: FillRules, instruments: number) {
    const column = () => new Float64Array(instruments).fill(NaN);
    this.#isNeeded = marketPrice === "previous-close" || stopEntryGap === "previous-close";
    this.#last = column();
    this.#previous = column();
    this.#lastTimeMs = column();
    this.#previousTimeMs = column();
  }

  remember({ count, instrument, close, closeTimeMs }: TradedCandles): void {
    if (!this.#isNeeded) return;
    for (let row = 0; row < count; row++) {
      const own = instrument[row]!;
      this.#previous[own] = this.#last[own]!;
      this.#previousTimeMs[own] = this.#lastTimeMs[own]!;
      this.#last[own] = close[row]!;
      this.#lastTimeMs[own] = closeTimeMs;
    }
  }

  /** The close before a candle; NaN before the first. */
  before(instrument: number, openTimeMs: number): number {
    return (this.#isAgain(instrument, openTimeMs) ? this.#previous : this.#last)[instrument]!;
  }

  /** When that was. */
  timeBeforeMs(instrument: number, openTimeMs: number): number {
    return (this.#isAgain(instrument, openTimeMs) ? this.#previousTimeMs : this.#lastTimeMs)[instrument]!;
  }

  /** The closing pass at the end of a run trades the last candle again: then the close before it is the previous one. */
  #isAgain(instrument: number, openTimeMs: number): boolean {
    return openTimeMs < this.#lastTimeMs[instrument]!;
  }
}
