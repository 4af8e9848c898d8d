// Figures of studies in plain words.
import type { StudyJudgement, StudyOverfitting } from "./engine.ts";
import { number, percent } from "./format.ts";

/** A figure, its value and what it means. */
export type Meaning = readonly [figure: string, value: string, meaning: string];

/** What the number of trials does to a Sharpe ratio. */
export function judgementMeanings(own: StudyJudgement): Meaning[] {
  const days = (value: number | null) => value === null ? "–" : `${number(Math.ceil(value), 0)} days`;
  return [
    ["Sharpe ratio", number(own.sharpe, 2), `A year, give or take ${number(own.sharpeStandardError, 2)}.`],
    [
      "Trials",
      number(own.trials, 0),
      "All that were ever made of this strategy on this market and timeframe, from the ledger. Nobody types this number.",
    ],
    [
      "By luck alone",
      number(own.expectedMaximumSharpe, 2),
      "The Sharpe ratio that the best of so many trials is expected to have if none of them has any skill.",
    ],
    [
      "Deflated Sharpe ratio",
      percent(own.deflatedSharpe, 1),
      `The probability that its true Sharpe ratio is above that of luck. ${deflatedVerdict(own.deflatedSharpe)}`,
    ],
    [
      "Probabilistic Sharpe ratio",
      percent(own.probabilisticSharpe, 1),
      "The probability that its true Sharpe ratio is above 0, as if it had been the only trial.",
    ],
    ["Track record", days(own.minimumTrackRecordDays), "Needed to say with 95 % that the true ratio is above 0."],
    ["Track record above luck", days(own.deflatedTrackRecordDays), "Needed to say so of the ratio of luck."],
  ];
}

/** What the returns of all trials say together. */
export function overfittingMeanings(own: StudyOverfitting): Meaning[] {
  if (own.pbo === undefined) return [["Overfitting", "–", `Nothing is said of it: ${own.reason}.`]];
  return [
    [
      "Probability of overfitting",
      percent(own.pbo, 1),
      "How often the best trial of one half of the history is in the worse half of all trials in the other half. " +
      overfittingVerdict(own.pbo),
    ],
    ["Probability of loss", percent(own.probabilityOfLoss!, 1), "How often it even loses there."],
    [
      "Reality check",
      number(own.realityCheckPValue!, 3),
      "How likely the best return is if none of the trials is better than cash (White).",
    ],
    [
      "Superior predictive ability",
      number(own.superiorPredictiveAbilityPValue!, 3),
      "The same of the best ratio, bad trials left aside (Hansen).",
    ],
  ];
}

function deflatedVerdict(value: number | null): string {
  if (value === null) return "";
  if (value > 0.95) return "Above 95 %: luck of the search alone does not explain it.";
  return value > 0.5 ? "Below 95 %: not enough to rule luck out." : "Luck explains it at least as well.";
}

function overfittingVerdict(pbo: number): string {
  if (pbo < 0.1) return "Low: what is best here tends to stay good.";
  return pbo < 0.4
    ? "Choosing the best costs much of what it promises."
    : "About a half or more: the ranking of these trials says nothing.";
}
