// What the trials of a family say about one of them, or about the best.
import type { SharpeSample, StudyJudgement } from "../metrics/mod.ts";
import { probabilisticSharpe } from "../metrics/mod.ts";
import {
  deflatedSharpe,
  expectedMaximumSharpe,
  minimumBacktestYears,
  minimumTrackRecord,
  sharpeStandardError,
} from "./deflated_sharpe.ts";
import { type Haircuts, haircutSharpe } from "./haircut_sharpe.ts";
import { luckVariance, sharpeVariance } from "./luck_variance.ts";
import { DAYS_PER_YEAR, type ReturnMoments } from "./return_moments.ts";
import { familyName, type Trial, type TrialFamily } from "./trial.ts";

/** What the trials of a family say about one of them. */
export interface TrialJudgement extends StudyJudgement {
  /** By Bonferroni, Holm and BHY; ratios of a year. Null of a ratio that is not above 0. */
  readonly haircuts: Haircuts | null;
}

/** A family with its best trial. */
export interface FamilyRecord extends TrialFamily {
  readonly trials: number;
  /** The trial with the most significant Sharpe ratio (ratio × √days), the first of equals; null where none has one. */
  readonly best: Trial | null;
  readonly judgement: TrialJudgement | null;
}

/** Trials by family, in the order in which the families came up. Each run hash must be there once. */
export function familiesOf(trials: readonly Trial[]): FamilyRecord[] {
  return Array.from(Map.groupBy(trials, ({ family }) => familyName(family)).values(), (own) => {
    const best = own.reduce<Trial | null>((most, trial) => weightOf(trial) > weightOf(most) ? trial : most, null);
    return { ...own[0]!.family, trials: own.length, best, judgement: best && judgeTrial(best, own) };
  });
}

/** The trials of one family among all, in their order. */
export function trialsOf(family: TrialFamily, trials: readonly Trial[]): Trial[] {
  const name = familyName(family);
  return trials.filter((trial) => familyName(trial.family) === name);
}

/** Comparable between trials over histories of different lengths, as the windows of a walk-forward are. */
function weightOf(trial: Trial | null): number {
  if (trial === null || trial.returns.sharpe === null) return -Infinity;
  return trial.returns.sharpe * Math.sqrt(trial.returns.count);
}

/**
 * Judges a trial by its family. All of its trials count, and luck spreads as {@linkcode luckVariance} says.
 *
 * @param family All trials of the family, each once, itself included.
 */
export function judgeTrial(trial: Trial, family: readonly Trial[]): TrialJudgement {
  const tried = family.map(({ returns }) => returns), own = family.findIndex(({ hash }) => hash === trial.hash);
  return judgement(tried, own, luckVariance(trial, family));
}

/**
 * The same of trials that are not kept in a ledger: one column of returns among all that were tried.
 *
 * @param tried Moments of the daily returns of all trials; the one at `index` is judged.
 */
export function judgeReturns(tried: readonly ReturnMoments[], index: number): TrialJudgement {
  return judgement(tried, index, sharpeVariance(tried));
}

function judgement(tried: readonly ReturnMoments[], index: number, variance: number): TrialJudgement {
  const own = tried[index]!, trials = tried.length, year = Math.sqrt(DAYS_PER_YEAR);
  const luck = expectedMaximumSharpe(trials, variance);
  const sample = isSample(own) ? own : null;
  const error = sample && sharpeStandardError(sample);
  return {
    trials,
    sharpe: own.sharpe === null ? null : own.sharpe * year,
    sharpeStandardError: error === null ? null : error * year,
    probabilisticSharpe: sample && probabilisticSharpe(sample),
    expectedMaximumSharpe: luck * year,
    deflatedSharpe: sample && deflatedSharpe(sample, trials, variance),
    minimumTrackRecordDays: sample && minimumTrackRecord(sample),
    deflatedTrackRecordDays: sample && minimumTrackRecord(sample, luck),
    minimumBacktestYears: sample && minimumBacktestYears(trials, sample.sharpe * year),
    haircuts: annual(haircutSharpe(tried, index)),
  };
}

/** True where the moments say enough. */
function isSample(moments: ReturnMoments): moments is ReturnMoments & SharpeSample {
  return moments.sharpe !== null && moments.skewness !== null && moments.kurtosis !== null;
}

function annual(haircuts: Haircuts | null): Haircuts | null {
  if (haircuts === null) return null;
  const year = (own: Haircuts["holm"]) => ({ ...own, sharpe: own.sharpe * Math.sqrt(DAYS_PER_YEAR) });
  return { bonferroni: year(haircuts.bonferroni), holm: year(haircuts.holm), bhy: year(haircuts.bhy) };
}
