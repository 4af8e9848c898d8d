/**
 * A stated way of the price inside a candle: from the open to one extreme, to the other, to the close, in straight
 * lines. One object walks candle after candle.
 */
export class CandlePath {
  readonly #points = new Float64Array(4);
  #next = 1;
  /** Where the walk is, quote units. */
  price = NaN;

  /** Begins at the open. */
  start(open: number, high: number, low: number, close: number, highFirst: boolean): void {
    this.#points[0] = open;
    this.#points[1] = highFirst ? high : low;
    this.#points[2] = highFirst ? low : high;
    this.#points[3] = close;
    this.#next = 1;
    this.price = open;
  }

  /** Goes to where the price is after a share of the candle's time, at a steady speed. */
  skip(share: number): void {
    const points = this.#points;
    let way = 0;
    for (let i = 1; i < 4; i++) way += Math.abs(points[i]! - points[i - 1]!);
    let left = way * share;
    for (this.#next = 1; this.#next < 4; this.#next++) {
      const from = points[this.#next - 1]!, to = points[this.#next]!, length = Math.abs(to - from);
      if (left < length) {
        this.price = from + (to - from) * (left / length);
        return;
      }
      left -= length;
    }
    this.price = points[3]!;
  }

  /** Where the straight line ends on which the walk is; NaN at the close. */
  get end(): number {
    return this.#next < 4 ? this.#points[this.#next]! : NaN;
  }

  /** Goes to the end of the line. */
  turn(): void {
    this.price = this.end;
    this.#next++;
  }
}

/** The extreme that lies nearer to the open comes first; the low where both are as near. */
export function nearestExtremeIsHigh(open: number, high: number, low: number): boolean {
  return high - open < open - low;
}
