// Whether it may be luck: of the choice, of the entries, of the history that happened.
import type { Finding } from "./finding.ts";
import { isMade } from "./part.ts";
import type { RobustnessParts } from "./robustness_parts.ts";
import { nearestLevel, VERDICT_THRESHOLDS as T, weightOfShare } from "./verdict_thresholds.ts";
import { grouped, percent, ratio } from "./verdict_words.ts";

/** The middle size of noise is the one that is judged. */
const JUDGED_NOISE = 0.1;

export function luck({ evidence: { judgement } }: RobustnessParts): Finding[] {
  const condition = (trials: string) => ({ sentence: `The best of ${trials} is not luck.`, held: null });
  if (judgement === null || judgement.deflatedSharpe === null) {
    return [{
      weight: "doubt",
      sentence: "Nobody counted how many trials came before it, so its Sharpe ratio cannot be judged.",
      condition: condition("all trials that were made"),
    }];
  }
  const { trials, sharpe, expectedMaximumSharpe, deflatedSharpe } = judgement;
  const count = trials === 1 ? "the only trial" : `${grouped(trials)} trials`;
  const said = trials === 1
    ? `Its Sharpe ratio of ${ratio(sharpe)} is truly above 0 with a probability of ${percent(deflatedSharpe, 1)}`
    : `Luck alone gives the best of ${count} a Sharpe ratio of ${ratio(expectedMaximumSharpe)}; its own, ` +
      `${ratio(sharpe)}, is truly above that with a probability of ${percent(deflatedSharpe, 1)}`;
  const weight = deflatedSharpe >= T.believedProbability
    ? "good"
    : deflatedSharpe < T.luckProbability
    ? "fatal"
    : "doubt";
  return [{
    weight,
    sentence: `${said}.`,
    condition: {
      sentence: trials === 1
        ? `It is truly the only one that was tried: the ledger has no other trial of its family.`
        : `The best of ${count} is not luck (deflated Sharpe ratio ${percent(deflatedSharpe, 1)}).`,
      held: trials === 1 ? null : weight === "good",
    },
  }];
}

export function overfitting({ evidence: { overfitting: tests } }: RobustnessParts): Finding[] {
  if (tests === null) return [{ unknown: "Overfitting: the returns of other trials are not kept; sweep keeps them." }];
  if ("reason" in tests) return [{ unknown: `Overfitting: ${tests.reason}.` }];
  const { pbo, trials } = tests;
  const said =
    `The best of ${grouped(trials)} parameters on half of the history was below the middle on the other half ` +
    `in ${percent(pbo)} of the splits (PBO)`;
  const weight = pbo >= T.fatalOverfitting ? "fatal" : pbo > T.doubtfulOverfitting ? "doubt" : "good";
  return [{
    weight,
    sentence: `${said}.`,
    ...(weight === "good"
      ? {}
      : { condition: { sentence: "Parameters that were best in the past are best in the future.", held: false } }),
  }];
}

export function walks({ evidence: { walks: kept }, heldInWalkFraction: held }: RobustnessParts): Finding[] {
  const last = kept.at(-1);
  if (last === undefined) {
    return [{ unknown: "Choosing parameters again and again: no walk-forward of it is kept; walk-forward makes one." }];
  }
  const { windows, sharpe, cagrFraction, probabilisticSharpe } = last, own = cagrFraction ?? 0;
  const beside = held === null ? "" : `, holding ${percent(held)}`;
  const said = `Chosen anew in ${windows} windows it returned ${
    percent(cagrFraction)
  } a year on the time after${beside}`;
  if (own <= 0) return [{ weight: "fatal", sentence: `${said}: choosing by the past did not pay.` }];
  const isBelieved = (probabilisticSharpe ?? 0) >= T.believedProbability, isAhead = held === null || own >= held;
  return [{
    weight: isBelieved && isAhead ? "good" : "doubt",
    sentence: `${said}; its Sharpe ratio of ${ratio(sharpe)} is truly above 0 with a probability of ${
      percent(probabilisticSharpe)
    }.`,
  }];
}

export function entries({ entries: part }: RobustnessParts): Finding[] {
  if (!isMade(part)) return [{ unknown: `Entries: ${part.reason}.` }];
  const { pValue, samples } = part;
  const said = `random entries that hold as often and as long do as well in ${percent(pValue, 1)} of ${
    grouped(samples)
  } draws`;
  const condition = { sentence: `Its entries know something: ${said}.`, held: pValue <= T.entryLevel };
  if (pValue <= T.entryLevel) return [{ weight: "good", sentence: `Its entries are no chance: ${said}.`, condition }];
  const weight = pValue > T.fatalEntryLevel ? "fatal" : "doubt";
  return [{ weight, sentence: `Its entries may be chance: ${said}.`, condition }];
}

export function otherHistories({ bootstrap, settings, actual }: RobustnessParts): Finding[] {
  const part = bootstrap.stationary;
  if (!isMade(part)) return [{ unknown: `Other histories: ${part.reason}.` }];
  const { profitableFraction, beatsHoldingFraction, samples, totalReturn } = part;
  const said = `In ${grouped(samples)} histories made of blocks of the real one (${settings.blockCandles} candles on ` +
    `average) it made money in ${percent(profitableFraction)} and more than holding in ${
      percent(beatsHoldingFraction)
    }`;
  if (actual.totalReturnFraction <= 0) return [];
  const weight = weightOfShare(profitableFraction);
  return [{
    weight: weight === "good" && (beatsHoldingFraction ?? 0) < T.coinFraction ? "doubt" : weight,
    sentence: `${said}; the middle one returned ${percent(totalReturn.median)}.`,
    condition: {
      sentence: `The market goes on to move as it did: its returns keep their sizes and hang together as they did ` +
        `within ${settings.blockCandles} candles.`,
      held: null,
    },
  }];
}

export function noise({ noise: part, actual }: RobustnessParts): Finding[] {
  if (!isMade(part)) return [{ unknown: `Noise on prices: ${part.reason}.` }];
  const own = nearestLevel(part.levels, JUDGED_NOISE, ({ rangeFraction }) => rangeFraction);
  if (own === null || actual.totalReturnFraction <= 0) return [];
  const said = `With noise of ${percent(own.rangeFraction)} of the usual range on every price it made money in ${
    percent(own.profitableFraction)
  } of the histories; the middle one returned ${percent(own.totalReturn.median)}`;
  const weight = weightOfShare(own.profitableFraction);
  return [{
    weight: weight === "fatal" ? "doubt" : weight,
    sentence: `${said}.`,
    ...(weight === "good"
      ? {}
      : { condition: { sentence: "Your prices are exactly those that were recorded.", held: null } }),
  }];
}
