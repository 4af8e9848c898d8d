import type { Execution } from "./execution.ts";
import { MarketWalk } from "./market_walk.ts";
import type { TradedCandles } from "./traded_candles.ts";

/** Walks along the stated paths of candles that trade together: what happens in them happens in the order of time. */
export class CandleWalk {
  /** By row of the candles; kept from group to group. */
  readonly #walks: MarketWalk[] = [];
  readonly #execution: Execution;

  constructor(execution: Execution) {
    this.#execution = execution;
  }

  /** A market goes along, from a moment on. */
  begin(candles: TradedCandles, row: number, fromMs: number): void {
    while (this.#walks.length <= row) this.#walks.push(new MarketWalk(this.#execution));
    this.#walks[row]!.start(candles, row, fromMs);
  }

  /** Goes on to the next news; false when there is none left. */
  next(rows: readonly number[]): boolean {
    // What has been sent since the last news may lie on any way.
    for (const row of rows) this.#walks[row]!.look();
    for (;;) {
      let first: MarketWalk | null = null;
      for (const row of rows) {
        const walk = this.#walks[row]!;
        if (walk.nextMs < (first === null ? Infinity : first.nextMs)) first = walk;
      }
      if (first === null) return false;
      if (first.go()) return true;
      first.look();
    }
  }
}
