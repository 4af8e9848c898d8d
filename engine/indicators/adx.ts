import { applyKernel, checkedLength, close, high, type Kernel, KernelState, low, type Series } from "../series/mod.ts";
import { trueRange } from "./atr.ts";
import { ratioOrZero } from "./division.ts";

const COUNT = 0, HIGH = 1, LOW = 2, CLOSE = 3, PLUS = 4, MINUS = 5, RANGE = 6, ADX = 7;

/** Both directional indicators and their average, which needs twice the candles. */
class DirectionState extends KernelState {
  constructor(readonly length: number) {
    super(3, 8);
  }
  push(): void {
    const high = this.input[0]!, low = this.input[1]!, close = this.input[2]!;
    const { memory: m, length, out } = this;
    const count = m[COUNT]!;
    const up = high - m[HIGH]!, down = m[LOW]! - low, range = trueRange(high, low, m[CLOSE]!);
    m[COUNT] = count + 1;
    m[HIGH] = high;
    m[LOW] = low;
    m[CLOSE] = close;
    if (count === 0) return;
    const plus = up > 0 && up > down ? up : 0, minus = down > 0 && up < down ? down : 0;
    if (count < length) {
      m[PLUS]! += plus;
      m[MINUS]! += minus;
      m[RANGE]! += range;
      return;
    }
    m[PLUS] = m[PLUS]! - m[PLUS]! / length + plus;
    m[MINUS] = m[MINUS]! - m[MINUS]! / length + minus;
    m[RANGE] = m[RANGE]! - m[RANGE]! / length + range;
    const plusDi = 100 * ratioOrZero(m[PLUS]!, m[RANGE]!), minusDi = 100 * ratioOrZero(m[MINUS]!, m[RANGE]!);
    out[1] = plusDi;
    out[2] = minusDi;
    // A candle without any direction leaves the average as it is.
    const sum = plusDi + minusDi;
    const dx = 100 * ratioOrZero(Math.abs(plusDi - minusDi), sum), moves = dx !== 0 || ratioOrZero(1, sum) !== 0;
    if (count < 2 * length) {
      m[ADX]! += dx;
      if (count < 2 * length - 1) return;
      m[ADX]! /= length;
    } else if (moves) m[ADX] = (m[ADX]! * (length - 1) + dx) / length;
    out[0] = m[ADX]!;
  }
}

/** Kernel of {@linkcode adx}, {@linkcode plusDi} and {@linkcode minusDi}: one pass gives all three. */
export const directionKernel: Kernel = {
  name: "direction",
  inputs: 3,
  outputs: ["adx", "plusDi", "minusDi"],
  warmUp: ([length]) => [2 * length! - 1, length!, length!],
  state: ([length]) => new DirectionState(length!),
};

function direction(length: number, what: string): Series[] {
  return applyKernel(directionKernel, [high, low, close], [checkedLength(length, 2, `the length of ${what}`)]);
}

/**
 * Average directional index, 0 … 100: how strongly the market trends, whatever the direction.
 *
 * Movements and ranges begin as sums of the first `length` − 1 and go on as sum − sum ÷ length + new; the index begins
 * with the mean of the first `length` values of 100 |+DI − −DI| ÷ (+DI + −DI). First value after 2 × `length` candles.
 * Source: Wilder (1978); TA-Lib `ADX`.
 */
export function adx(length: number): Series {
  return direction(length, "adx")[0]!;
}

/** Share of upward movement in the range, 0 … 100. First value after `length` + 1 candles. Source: TA-Lib `PLUS_DI`. */
export function plusDi(length: number): Series {
  return direction(length, "plusDi")[1]!;
}

/** Share of downward movement in the range, 0 … 100. First value after `length` + 1 candles. Source: TA-Lib `MINUS_DI`. */
export function minusDi(length: number): Series {
  return direction(length, "minusDi")[2]!;
}
