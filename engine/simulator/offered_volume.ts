import { type Quantity, quantityToNumber } from "../money/mod.ts";
import type { TradedCandles } from "./traded_candles.ts";

/** What own orders may still trade of the candles in work, base units, by market. */
export class OfferedVolume {
  readonly #share: number | undefined;
  readonly #left: Float64Array;
  /** Open time of the candle that it is the volume of. */
  readonly #ofMs: Float64Array;

  /** @param share Of a candle's volume; without one there is no bound. */
  constructor(share: number | undefined, instruments: number) {
    this.#share = share;
    this.#left = new Float64Array(instruments).fill(Infinity);
    this.#ofMs = new Float64Array(instruments).fill(-Infinity);
  }

  /** A candle that is met again, at its close or at the end of the data, has the volume that is left of it. */
  offer({ count, instrument, openTimeMs, volume }: TradedCandles): void {
    if (this.#share === undefined) return;
    for (let row = 0; row < count; row++) {
      const own = instrument[row]!;
      if (openTimeMs[row]! <= this.#ofMs[own]!) continue;
      this.#ofMs[own] = openTimeMs[row]!;
      // Where nobody knows how much was traded, nothing of it can be counted on.
      this.#left[own] = this.#share * (volume[row]! || 0);
    }
  }

  /** Finer candles within these have nothing more to offer. */
  endWith({ count, instrument, closeTimeMs }: TradedCandles): void {
    for (let row = 0; row < count; row++) this.#ofMs[instrument[row]!] = closeTimeMs - 1;
  }

  left(instrument: number): number {
    return this.#left[instrument]!;
  }

  take(instrument: number, quantity: Quantity): void {
    if (this.#share !== undefined) this.#left[instrument]! -= quantityToNumber(quantity);
  }

  /** Less than a lot is left: nothing more can trade. */
  exhaust(instrument: number): void {
    this.#left[instrument] = 0;
  }
}
