/**
 * The account at each close, oldest first: cash plus positions at the last close, in quote units. Columns are equally
 * long; `closeTimeMs` is the moment at which the candle group had closed.
 */
export interface EquityCurve {
  readonly closeTimeMs: Float64Array;
  readonly equity: Float64Array;
  /** Sum of |position × mark|: what is at risk in the market. */
  readonly grossExposure: Float64Array;
  /** Σ position × mark, shorts below zero; with the gross one it says what was long and what was short. */
  readonly netExposure: Float64Array;
}
