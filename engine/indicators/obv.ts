import { applyKernel, close, type Kernel, KernelState, type Series, volume } from "../series/mod.ts";

const COUNT = 0, PREVIOUS = 1, SUM = 2;

/** 1 up, −1 down, 0 for no change: arithmetic, because no branch could guess it. */
function direction(previous: number, close: number): number {
  return Number(close > previous) - Number(close < previous);
}

class ObvState extends KernelState {
  constructor() {
    super(1, 3);
  }
  push(): void {
    const close = this.input[0]!, volume = this.input[1]!;
    const { memory: m } = this;
    if (m[COUNT] === 0) m[SUM] = volume;
    else m[SUM]! += direction(m[PREVIOUS]!, close) * volume;
    m[COUNT] = 1;
    m[PREVIOUS] = close;
    this.out[0] = m[SUM]!;
  }
}

/** Kernel of {@linkcode obv}. */
export const obvKernel: Kernel = {
  name: "obv",
  inputs: 2,
  outputs: ["value"],
  warmUp: () => [0],
  state: () => new ObvState(),
  run([close, volume], from, to, _, [out]) {
    let sum = out![from] = volume![from]!;
    for (let i = from + 1; i < to; i++) out![i] = sum += direction(close![i - 1]!, close![i]!) * volume![i]!;
  },
};

/**
 * On-balance volume, base units: the volume of rising closes less that of falling ones, since the first candle, which
 * counts as rising. Its level depends on where the candles begin; only its changes mean something. Source: Joseph
 * Granville (1963); TA-Lib `OBV`.
 */
export function obv(): Series {
  return applyKernel(obvKernel, [close, volume], [])[0]!;
}
