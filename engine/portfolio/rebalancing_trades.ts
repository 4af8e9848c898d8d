/** What a portfolio of one account holds of an asset and is to hold, quote units. */
export interface Holding {
  readonly value: number;
  readonly target: number;
  /** No change below this, quote units. */
  readonly minTrade: number;
  /** Variance of its return until the next rebalance is expected; NaN where it is not known. */
  readonly variance: number;
}

/** What trading costs and when it is left undone. */
export interface RebalancingTerms {
  /** What shares are counted from, quote units. */
  readonly equity: number;
  /** What purchases may spend beside what sales bring, quote units. */
  readonly cash: number;
  /** Fee and slippage of a trade, as a share of it. */
  readonly costFraction: number;
  /** How much a variance of 1 is disliked: see {@linkcode isWorthIt}. 0 trades whatever it costs. */
  readonly riskAversion: number;
}

/** Why a change was left undone. */
export type KeptReason = "too-small" | "not-worth-it";

/** Signed trades by holding, quote units; and for those left undone, why. */
export interface RebalancingTrades {
  readonly change: Float64Array;
  readonly kept: readonly (KeptReason | null)[];
}

/**
 * The trades that bring holdings to their targets. Each is left undone where it is smaller than the least trade or not
 * worth its cost; an asset that is to go is sold whole in any case. Purchases never spend more than there is after the
 * sales: then all are made smaller by one share, and those that fall below the least trade are left out, smallest first.
 */
export function rebalancingTrades(holdings: readonly Holding[], terms: RebalancingTerms): RebalancingTrades {
  const kept = holdings.map((own) => keptReason(own, terms));
  const change = Float64Array.from(holdings, ({ value, target }, i) => kept[i] === null ? target - value : 0);
  const { costFraction } = terms;
  let cash = terms.cash;
  for (const own of change) if (own < 0) cash -= own * (1 - costFraction);
  for (;;) {
    const buys = change.reduce((sum, own) => sum + Math.max(0, own), 0), cost = buys * (1 + costFraction);
    if (buys === 0 || cost <= cash) return { change, kept };
    const share = Math.max(0, cash) / cost, smallest = smallestBelow(change, holdings, share);
    if (smallest < 0) {
      // A little less, so that rounding does not ask for more than there is.
      change.forEach((own, i) => own > 0 && (change[i] = own * share * (1 - 1e-12)));
      return { change, kept };
    }
    change[smallest] = 0;
    kept[smallest] = "too-small";
  }
}

function keptReason(holding: Holding, terms: RebalancingTerms): KeptReason | null {
  const { value, target, minTrade } = holding, size = Math.abs(target - value);
  if (size === 0 || target === 0) return null;
  if (size < minTrade) return "too-small";
  return isWorthIt(holding, terms) ? null : "not-worth-it";
}

/**
 * True where a change is expected to bring more than it costs. A weight that is off by d makes the return differ from the
 * wanted portfolio's by d × the asset's, a variance of d² × variance until the next rebalance; an investor of mean and
 * variance would pay ½ × risk aversion × that to be without it. The trade costs its fee and slippage, d × cost. So it is
 * worth it where d ≥ 2 × cost ÷ (risk aversion × variance): of calm assets only large changes are, of wild ones small ones.
 */
export function isWorthIt({ value, target, variance }: Holding, terms: RebalancingTerms): boolean {
  const { equity, riskAversion, costFraction } = terms;
  if (riskAversion === 0 || Number.isNaN(variance)) return true;
  const off = Math.abs(target - value) / equity;
  return riskAversion * off * variance >= 2 * costFraction;
}

/** The smallest purchase that a share of it would make too small; −1 where there is none. */
function smallestBelow(change: Float64Array, holdings: readonly Holding[], share: number): number {
  let smallest = -1;
  change.forEach((own, i) => {
    const isBelow = own > 0 && (share === 0 || own * share < holdings[i]!.minTrade);
    if (isBelow && (smallest < 0 || own < change[smallest]!)) smallest = i;
  });
  return smallest;
}
