/** Below this a divisor is taken for zero, as TA-Lib does. */
const NOTHING = 1e-14;

/** a ÷ b, or 0 where b is zero for all purposes: flat candles have no strength, no direction and no range. */
export function ratioOrZero(a: number, b: number): number {
  return b > -NOTHING && b < NOTHING ? 0 : a / b;
}
