import { exposureNumber } from "../market/mod.ts";
import { type EquityCurve, equityOf } from "../portfolio/mod.ts";
import type { CandleGroup, Trader } from "../trader/mod.ts";

/** Collects the account at each close in arrays of their final size. */
export class CurveRecorder {
  readonly #closeTimeMs: Float64Array;
  readonly #equity: Float64Array;
  readonly #grossExposure: Float64Array;
  readonly #netExposure: Float64Array;
  #length = 0;

  constructor(capacity: number) {
    this.#closeTimeMs = new Float64Array(capacity);
    this.#equity = new Float64Array(capacity);
    this.#grossExposure = new Float64Array(capacity);
    this.#netExposure = new Float64Array(capacity);
  }

  /** NaN before the first. */
  get lastCloseMs(): number {
    return this.#length === 0 ? NaN : this.#closeTimeMs[this.#length - 1]!;
  }

  /** @param asDecided True when nothing has filled since the step at the close of this group. */
  add(trader: Trader, { closeTimeMs }: CandleGroup, asDecided: boolean): void {
    const row = this.#length++;
    this.#closeTimeMs[row] = closeTimeMs;
    if (asDecided) this.#equity[row] = trader.state.lastEquity;
    else this.#setEquity(row, trader);
    this.#setExposure(row, trader);
  }

  /** The account changed after the last close was recorded. */
  correct(trader: Trader): void {
    const row = this.#length - 1;
    this.#setEquity(row, trader);
    this.#grossExposure[row] = this.#netExposure[row] = 0;
    this.#setExposure(row, trader);
  }

  #setEquity(row: number, { config: { instruments }, state }: Trader): void {
    this.#equity[row] = equityOf(state.account, state.marks, instruments);
  }

  #setExposure(row: number, { config: { instruments }, state: { account: { positionNumbers }, marks } }: Trader): void {
    let gross = 0, net = 0;
    for (let i = 0; i < positionNumbers.length; i++) {
      if (positionNumbers[i] === 0) continue;
      const exposure = exposureNumber(instruments[i]!, marks[i]!, positionNumbers[i]!);
      gross += Math.abs(exposure);
      net += exposure;
    }
    // The arrays are made of zeros, and what is never written costs no memory.
    if (gross === 0) return;
    this.#grossExposure[row] = gross;
    this.#netExposure[row] = net;
  }

  curve(): EquityCurve {
    const full = (column: Float64Array) => this.#length === column.length ? column : column.slice(0, this.#length);
    return {
      closeTimeMs: full(this.#closeTimeMs),
      equity: full(this.#equity),
      grossExposure: full(this.#grossExposure),
      netExposure: full(this.#netExposure),
    };
  }
}
