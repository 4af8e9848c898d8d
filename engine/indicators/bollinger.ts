import {
  applyKernel,
  checkedLength,
  type Kernel,
  KernelState,
  REBUILD_EVERY,
  rebuildsAt,
  type Series,
  type SeriesLike,
} from "../series/mod.ts";

const COUNT = 0, SUM = 1, SQUARES = 2, LARGEST = 3, RING = 4;

/** A sum of squares that falls below this share of its largest value is computed anew. */
const SHRUNK = 1e-5;

/**
 * Mean and population deviation of a window. The sum of squared deviations takes, for a value that enters and one that
 * leaves, (entering − leaving) × ((entering − new mean) + (leaving − old mean)); it never subtracts large squares. When it
 * has shrunk to less than {@linkcode SHRUNK} of what it was since it was built, rounding errors of that time weigh too
 * much, and it is built anew from the window.
 */
class BollingerState extends KernelState {
  constructor(readonly length: number, readonly up: number, readonly down: number) {
    super(3, RING + length);
  }
  push(): void {
    const a = this.input[0]!;
    const { memory: m, length, out } = this;
    const count = m[COUNT]! | 0, at = RING + count % length, leaving = m[at]!;
    m[at] = a;
    m[COUNT] = count + 1;
    if (count + 1 < length) return;
    if (count + 1 === length || rebuildsAt(count)) this.#rebuild(count);
    else {
      const oldMean = m[SUM]! / length;
      m[SUM]! += a - leaving;
      m[SQUARES]! += (a - leaving) * ((a - m[SUM]! / length) + (leaving - oldMean));
      if (m[SQUARES]! > m[LARGEST]!) m[LARGEST] = m[SQUARES]!;
      else if (m[SQUARES]! < SHRUNK * m[LARGEST]!) this.#rebuild(count);
    }
    const mean = m[SUM]! / length;
    const deviation = m[SQUARES]! > 0 ? Math.sqrt(m[SQUARES]! / length) : 0;
    out[0] = mean + this.up * deviation;
    out[1] = mean;
    out[2] = mean - this.down * deviation;
  }
  #rebuild(count: number): void {
    const { memory: m, length } = this;
    let sum = 0, squares = 0;
    for (let i = count - length + 1; i <= count; i++) sum += m[RING + i % length]!;
    const mean = sum / length;
    for (let i = count - length + 1; i <= count; i++) {
      const away = m[RING + i % length]! - mean;
      squares += away * away;
    }
    m[SUM] = sum;
    m[SQUARES] = m[LARGEST] = squares;
  }
}

/** Kernel of {@linkcode bollinger}. */
export const bollingerKernel: Kernel = {
  name: "bollinger",
  inputs: 1,
  outputs: ["upper", "middle", "lower"],
  warmUp: ([length]) => Array(3).fill(length! - 1),
  state: ([length, up, down]) => new BollingerState(length!, up!, down!),
  run([x], from, to, [length, up, down], [upper, middle, lower]) {
    const n = length!;
    const first = from + n - 1;
    for (let i = from; i < Math.min(first, to); i++) upper![i] = middle![i] = lower![i] = NaN;
    let sum = 0, squares = 0, mean = 0, largest = 0;
    for (let i = first; i < to;) {
      // A candle on which both sums are built anew, then those until the next one.
      sum = squares = 0;
      for (let k = i - n + 1; k <= i; k++) sum += x![k]!;
      mean = sum / n;
      for (let k = i - n + 1; k <= i; k++) {
        const away = x![k]! - mean;
        squares += away * away;
      }
      largest = squares;
      const offset = (i - from) % REBUILD_EVERY;
      const next = i + (offset === REBUILD_EVERY - 1 ? REBUILD_EVERY : REBUILD_EVERY - 1 - offset);
      const stop = Math.min(next, to);
      for (;;) {
        const deviation = squares > 0 ? Math.sqrt(squares / n) : 0;
        upper![i] = mean + up! * deviation;
        middle![i] = mean;
        lower![i] = mean - down! * deviation;
        if (++i >= stop) break;
        const entering = x![i]!, leaving = x![i - n]!;
        const change = entering - leaving, oldMean = mean;
        sum += change;
        mean = sum / n;
        squares += change * ((entering - mean) + (leaving - oldMean));
        if (squares > largest) largest = squares;
        else if (squares < SHRUNK * largest) break;
      }
    }
  },
};

/** Settings of {@linkcode bollinger}: a length in candles, and how many standard deviations away the bands lie. */
export interface BollingerSettings {
  readonly length: number;
  readonly deviationsUp: number;
  readonly deviationsDown: number;
}

/**
 * Bollinger bands, in the input's units: a simple moving average and the lines so many population standard deviations
 * above and below it.
 *
 * First values after `length` candles. Source: John Bollinger; TA-Lib `BBANDS` with simple averages.
 */
export function bollinger(input: SeriesLike, { length, deviationsUp, deviationsDown }: BollingerSettings): {
  readonly upper: Series;
  readonly middle: Series;
  readonly lower: Series;
} {
  const params = [checkedLength(length, 2, "the length of bollinger"), deviationsUp, deviationsDown];
  const [upper, middle, lower] = applyKernel(bollingerKernel, [input], params);
  return { upper: upper!, middle: middle!, lower: lower! };
}
