import type { TrialJudgement } from "./research/mod.ts";

/**
 * What the number of trials does to the best one, in a sentence; null of one without a ratio.
 *
 * @param deflated Its deflated Sharpe ratio, as it is to be written.
 */
export function luckSentence(judgement: TrialJudgement | null, deflated: string): string | null {
  if (judgement === null || judgement.sharpe === null) return null;
  return `Luck alone gives the best of ${judgement.trials} trials a Sharpe ratio of ` +
    `${judgement.expectedMaximumSharpe!.toFixed(2)}; that of the best here, ${
      judgement.sharpe.toFixed(2)
    }, is truly above ` +
    `it with a probability of ${deflated}`;
}
