import { elementary } from "../../metrics/mod.ts";
import type { Random } from "../../time/mod.ts";

/** Standard normal numbers by Marsaglia's polar method, the same on every machine. */
export class NormalDraws {
  #spare: number | null = null;

  constructor(readonly random: Random) {}

  next(): number {
    if (this.#spare !== null) {
      const value = this.#spare;
      this.#spare = null;
      return value;
    }
    for (;;) {
      const u = 2 * this.random.next() - 1, v = 2 * this.random.next() - 1, square = u * u + v * v;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt(-2 * elementary.log(square) / square);
      this.#spare = v * scale;
      return u * scale;
    }
  }
}
