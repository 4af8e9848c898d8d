/**
 * A stated way of the price inside a candle: from the open to one extreme, to the other, to the close, in straight
 * lines and at a steady speed over the candle's time. One object walks candle after candle.
 */
export class CandlePath {
  readonly #points = new Float64Array(4);
  /** When it is at each, milliseconds since 1970 with fractions. */
  readonly #timesMs = new Float64Array(4);
  #next = 1;
  /** Where the walk is, quote units. */
  price = NaN;
  /** And when. */
  timeMs = NaN;

  /** Begins at the open. */
  start(
    open: number,
    high: number,
    low: number,
    close: number,
    highFirst: boolean,
    openTimeMs: number,
    closeTimeMs: number,
  ): void {
    const points = this.#points, timesMs = this.#timesMs;
    points[0] = open;
    points[1] = highFirst ? high : low;
    points[2] = highFirst ? low : high;
    points[3] = close;
    let way = 0;
    for (let i = 1; i < 4; i++) way += Math.abs(points[i]! - points[i - 1]!);
    timesMs[0] = openTimeMs;
    for (let i = 1, gone = 0; i < 3; i++) {
      gone += Math.abs(points[i]! - points[i - 1]!);
      // Where the price stands still, it does so on the last line.
      timesMs[i] = way > 0 ? openTimeMs + (closeTimeMs - openTimeMs) * (gone / way) : openTimeMs;
    }
    timesMs[3] = closeTimeMs;
    this.#next = 1;
    this.price = open;
    this.timeMs = openTimeMs;
  }

  /** Where the straight line ends on which the walk is; NaN at the close. */
  get end(): number {
    return this.#next < 4 ? this.#points[this.#next]! : NaN;
  }

  /** And when. */
  get endMs(): number {
    return this.#next < 4 ? this.#timesMs[this.#next]! : NaN;
  }

  /** When the line that the walk is on comes to a price of its rest. */
  timeAt(price: number): number {
    const { price: from, end, endMs, timeMs } = this;
    if (price === from) return timeMs;
    return Math.min(endMs, timeMs + (endMs - timeMs) * (Math.abs(price - from) / Math.abs(end - from)));
  }

  /** The price on the rest of that line at a moment. */
  priceAt(timeMs: number): number {
    const { price: from, end, endMs } = this;
    if (timeMs >= endMs) return end;
    const price = from + (end - from) * ((timeMs - this.timeMs) / (endMs - this.timeMs));
    return Math.min(Math.max(price, Math.min(from, end)), Math.max(from, end));
  }

  /** Goes to a price on the rest of the line and the moment at which it is there. */
  goTo(price: number, timeMs: number): void {
    this.price = price;
    this.timeMs = timeMs;
  }

  /** Goes to the end of the line. */
  turn(): void {
    this.goTo(this.end, this.endMs);
    this.#next++;
  }

  /** Goes to a moment of the candle's time. */
  skipTo(timeMs: number): void {
    while (this.endMs <= timeMs) this.turn();
    if (this.end === this.end && timeMs > this.timeMs) this.goTo(this.priceAt(timeMs), timeMs);
  }
}

/** The extreme that lies nearer to the open comes first; the low where both are as near. */
export function nearestExtremeIsHigh(open: number, high: number, low: number): boolean {
  return high - open < open - low;
}
