// From fills that were recorded to the settings of a model.
import { InputError } from "../errors/mod.ts";
import { slippageOf, type SlippageSpec, type TradedShare } from "./slippage.ts";

const BPS = 1e-4;

/** A fill that was seen, and how much worse than the market it was, as a share of the price. */
export interface ObservedSlippage extends TradedShare {
  readonly fraction: number;
}

/**
 * The square-root model that fits recorded fills best, by least squares; a part that would be below 0 is 0.
 *
 * @throws {InputError} `slippage` with fewer than two fills, or fills of one size only.
 */
export function fitSlippage(fills: readonly ObservedSlippage[]): Extract<SlippageSpec, { kind: "square-root" }> {
  const pressure = slippageOf({ kind: "square-root", halfSpreadBps: 0, coefficient: 1 }).model;
  const x = fills.map(pressure), y = fills.map(({ fraction }) => fraction);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanX = mean(x), meanY = mean(y);
  const spread = x.reduce((sum, value) => sum + (value - meanX) * (value - meanX), 0);
  if (fills.length < 2 || !(spread > 0)) {
    throw new InputError(
      "slippage",
      `${fills.length} fills do not show how slippage grows: record some of other sizes`,
    );
  }
  const slope = x.reduce((sum, value, i) => sum + (value - meanX) * (y[i]! - meanY), 0) / spread;
  // At a border the other part is fitted alone.
  const coefficient = slope <= 0 ? 0 : meanY - slope * meanX < 0 ? sumOf(x, y) / sumOf(x, x) : slope;
  const halfSpread = slope <= 0 ? meanY : Math.max(0, meanY - slope * meanX);
  return { kind: "square-root", halfSpreadBps: Math.max(0, halfSpread / BPS), coefficient: Math.max(0, coefficient) };
}

function sumOf(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
