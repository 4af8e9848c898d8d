import { InputError } from "../errors/mod.ts";
import { cornishFisherConditionalValueAtRisk, cornishFisherValueAtRisk } from "./cornish_fisher.ts";
import type { Figure } from "./figure.ts";
import {
  ascendingOf,
  conditionalValueAtRisk,
  normalConditionalValueAtRisk,
  normalValueAtRisk,
  valueAtRisk,
} from "./value_at_risk.ts";

/**
 * How value at risk is found: `historical` from the returns as they were, `normal` from their mean and standard
 * deviation, `cornish-fisher` from these with skew and kurtosis.
 */
export type RiskMethod = "historical" | "normal" | "cornish-fisher";

/** What a value at risk says: with this confidence, over so many periods, no return below it. */
export interface RiskQuestion {
  readonly method: RiskMethod;
  /** Between 0 and 1: 0.95 leaves out the worst 5 %. */
  readonly confidenceFraction: number;
  /** Periods ahead, whole; days in a run. */
  readonly horizonPeriods: number;
}

/** Value at risk and its conditional form (expected shortfall), as returns of the horizon: a loss is below 0. */
export interface TailRisk extends RiskQuestion {
  readonly valueAtRiskFraction: Figure;
  /** Mean return where it is worse than that; never above it. */
  readonly conditionalValueAtRiskFraction: Figure;
}

type Pair = readonly [valueAtRisk: Figure, conditional: Figure];

const METHODS: Readonly<Record<RiskMethod, (returns: ArrayLike<number>, tail: number, horizon: number) => Pair>> = {
  historical(returns, tail, horizon) {
    const ascending = ascendingOf(overlappingReturns(returns, horizon));
    return [valueAtRisk(ascending, tail), conditionalValueAtRisk(ascending, tail)];
  },
  normal: (returns, tail, horizon) => [
    normalValueAtRisk(returns, tail, horizon),
    normalConditionalValueAtRisk(returns, tail, horizon),
  ],
  "cornish-fisher": (returns, tail, horizon) => [
    cornishFisherValueAtRisk(returns, tail, horizon),
    cornishFisherConditionalValueAtRisk(returns, tail, horizon),
  ],
};

/**
 * Value at risk and conditional value at risk of a series of simple returns. `historical` looks at each stretch of the
 * horizon's length, overlapping, compounded; the parametric ones scale one period by √horizon, as if periods were
 * independent. Null where a figure is not defined.
 *
 * @throws {InputError} `risk` for a confidence outside (0, 1) or a horizon that is not a whole number from 1 on.
 */
export function tailRisk(returns: ArrayLike<number>, question: RiskQuestion): TailRisk {
  const { method, confidenceFraction, horizonPeriods } = question;
  if (!(confidenceFraction > 0 && confidenceFraction < 1)) {
    throw new InputError("risk", `a confidence of ${confidenceFraction} cannot be: 0.95 means 95 %`);
  }
  if (!(Number.isInteger(horizonPeriods) && horizonPeriods >= 1)) {
    throw new InputError("risk", `a horizon of ${horizonPeriods} periods cannot be: use a whole number from 1 on`);
  }
  // 1 − 0.95 is not 0.05 in binary; people mean that it is.
  const tail = Math.round((1 - confidenceFraction) * 1e12) / 1e12;
  const [value, conditional] = METHODS[method](returns, tail, horizonPeriods);
  return {
    method,
    confidenceFraction,
    horizonPeriods,
    valueAtRiskFraction: value,
    conditionalValueAtRiskFraction: conditional,
  };
}

/** Π(1 + r) − 1 of each stretch of `length` returns, one beginning at each return; none when there are fewer. */
export function overlappingReturns(returns: ArrayLike<number>, length: number): Float64Array {
  const stretches = new Float64Array(Math.max(0, returns.length - length + 1));
  for (let from = 0; from < stretches.length; from++) {
    let grown = 1;
    for (let i = from; i < from + length; i++) grown *= 1 + returns[i]!;
    stretches[from] = length === 1 ? returns[from]! : grown - 1;
  }
  return stretches;
}
