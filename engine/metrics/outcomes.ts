import { type Figure, figure, ratio } from "./figure.ts";
import { mean, standardDeviation } from "./moments.ts";

/** Gains and losses among values: returns of periods, profits of trades. Zero is neither. */
export interface Outcomes {
  readonly wins: number;
  readonly losses: number;
  /** Sum of the positive values. */
  readonly won: number;
  /** Sum of the negative values, at most 0. */
  readonly lost: number;
  /** Most positive values in a row, in the order given. */
  readonly longestWinning: number;
  readonly longestLosing: number;
}

/** Counts and sums of the values above and below 0. */
export function outcomesOf(values: ArrayLike<number>): Outcomes {
  let wins = 0, losses = 0, won = 0, lost = 0, winning = 0, losing = 0, longestWinning = 0, longestLosing = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    winning = value > 0 ? winning + 1 : 0;
    losing = value < 0 ? losing + 1 : 0;
    if (value > 0) wins++, won += value, longestWinning = Math.max(longestWinning, winning);
    else if (value < 0) losses++, lost += value, longestLosing = Math.max(longestLosing, losing);
  }
  return { wins, losses, won, lost, longestWinning, longestLosing };
}

/** Σ gains ÷ |Σ losses|; null without a loss. */
export function profitFactor({ won, lost }: Outcomes): Figure {
  return ratio(won, -lost);
}

/** Mean gain ÷ |mean loss|; null without a gain or without a loss. */
export function payoffRatio({ wins, losses, won, lost }: Outcomes): Figure {
  return wins === 0 ? null : ratio(ratio(won, wins), ratio(-lost, losses));
}

/** Kelly's share of the capital: W − (1 − W) ÷ payoff, W the share of gains. */
export function kelly(winRate: Figure, payoff: Figure): Figure {
  const risk = winRate === null ? null : ratio(1 - winRate, payoff);
  return winRate === null || risk === null ? null : figure(winRate - risk);
}

/** System quality number: √n × mean ÷ standard deviation (ddof 1); null of fewer than 2 values. */
export function systemQuality(values: ArrayLike<number>): Figure {
  const quality = ratio(mean(values), standardDeviation(values));
  return quality === null ? null : quality * Math.sqrt(values.length);
}

/** Omega ratio: Σ max(r − t, 0) ÷ Σ max(t − r, 0) for the threshold t of one period. */
export function omega(returns: ArrayLike<number>, threshold = 0): Figure {
  let above = 0, below = 0;
  for (let i = 0; i < returns.length; i++) {
    const distance = returns[i]! - threshold;
    if (distance > 0) above += distance;
    else below -= distance;
  }
  return ratio(above, below);
}
