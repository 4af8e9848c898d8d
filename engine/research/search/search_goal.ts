// What a search looks for: one figure or several, what a trial must keep, or a loss of the user's own.
import { TRIAL_METRICS, type TrialMetricName, type TrialMetrics } from "../../backtest/mod.ts";
import { didYouMean, InputError, isCodedError } from "../../errors/mod.ts";
import type { Figure } from "../../metrics/mod.ts";
import type { ParameterValue } from "../../strategies/mod.ts";
import { type Objective, objectiveOf } from "../study.ts";

/** What a trial must keep to be good at all. */
export interface TrialConstraint {
  readonly metric: TrialMetricName;
  readonly is: "<=" | ">=";
  readonly limit: number;
}

/** A function of a trial's figures of which the least is best; NaN where it cannot be told. */
export type TrialLoss = (metrics: TrialMetrics, params: Readonly<Record<string, ParameterValue>>) => number;

/** What a search looks for. */
export interface SearchGoal {
  /** The figures that say what is best; the Sharpe ratio unless stated. Of several there is a front and no best one. */
  readonly objectives?: readonly Objective[];
  /** A loss in place of objectives. */
  readonly loss?: TrialLoss;
  readonly constraints?: readonly TrialConstraint[];
}

/** How good a trial is. */
export interface TrialWorth {
  /** The figure of each objective, or the loss; null where there is none. */
  readonly values: readonly Figure[];
  /** 0 where all constraints are kept, else the sum of what is beyond each limit, in shares of it; null without figures. */
  readonly violation: Figure;
}

/**
 * A constraint as text, as in `maxDrawdownFraction<=0.2` or `tradeCount>=30`. Drawdowns are figures below 0; a limit above 0
 * means their size, because as it stands every trial would keep it or none.
 *
 * @throws {InputError} `constraint` for a text that is none, or a figure that trials do not have.
 */
export function constraintOf(text: string): TrialConstraint {
  const [, name, is, limit] = /^\s*(\w+)\s*(<=|>=)\s*(\S+)\s*$/.exec(text) ?? [];
  if (name === undefined || !Number.isFinite(Number(limit))) {
    throw new InputError("constraint", `"${text}" is no constraint: write it as in tradeCount>=30`);
  }
  const metric = TRIAL_METRICS.find((own) => own === name);
  const side = is as TrialConstraint["is"], number = Number(limit);
  if (metric === "maxDrawdownFraction" && number > 0) {
    return { metric, is: side === "<=" ? ">=" : "<=", limit: -number };
  }
  if (metric !== undefined) return { metric, is: side, limit: number };
  throw new InputError("constraint", `trials have no figure "${name}"${didYouMean(name, TRIAL_METRICS)}`);
}

/** A constraint as text. */
export function constraintText({ metric, is, limit }: TrialConstraint): string {
  return `${metric}${is}${limit}`;
}

/** An objective as text: `sharpe`, or `-feesQuote` for the least. */
export function objectiveText({ metric, direction }: Objective): string {
  return `${direction === "min" ? "-" : ""}${metric}`;
}

/**
 * The objectives of a goal; none where it has a loss.
 *
 * @throws {InputError} `objective` for a loss beside objectives, or one figure twice.
 */
export function objectivesOf({ objectives, loss }: SearchGoal): readonly Objective[] {
  if (loss === undefined) {
    const all = objectives ?? [], names = all.map(({ metric }) => metric);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) throw new InputError("objective", `${twice} is an objective twice: leave one out`);
    return all.length === 0 ? [objectiveOf("sharpe")] : all;
  }
  if (objectives === undefined || objectives.length === 0) return [];
  throw new InputError("objective", "a loss is all that counts: leave the objectives out, or put them into it");
}

/**
 * How good a trial is.
 *
 * @throws {InputError} `loss` when the function fails, or gives what is no number.
 */
export function worthOf(
  goal: SearchGoal,
  metrics: TrialMetrics,
  params: Readonly<Record<string, ParameterValue>>,
): TrialWorth {
  const values = goal.loss === undefined
    ? objectivesOf(goal).map(({ metric }) => finite(metrics[metric]))
    : [finite(lossOf(goal.loss, metrics, params))];
  if (values.includes(null)) return { values, violation: null };
  let violation = 0;
  for (const { metric, is, limit } of goal.constraints ?? []) {
    const value = finite(metrics[metric]);
    if (value === null) return { values, violation: null };
    const beyond = is === "<=" ? value - limit : limit - value;
    if (beyond > 0) violation += beyond / (limit === 0 ? 1 : Math.abs(limit));
  }
  return { values, violation };
}

/** The values of a trial as samplers know them: the less the better. */
export function lossesOf(goal: SearchGoal, values: readonly Figure[]): number[] {
  const signs = objectivesOf(goal).map(({ direction }) => direction === "max" ? -1 : 1);
  return values.map((value, i) => value === null ? Infinity : (signs[i] ?? 1) * value);
}

function lossOf(loss: TrialLoss, metrics: TrialMetrics, params: Readonly<Record<string, ParameterValue>>): number {
  let value: unknown;
  try {
    value = loss(metrics, params);
  } catch (cause) {
    if (isCodedError(cause)) throw cause;
    throw new InputError("loss", `the loss function failed at ${pointText(params)}: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (typeof value === "number") return value;
  throw new InputError("loss", `the loss function gave ${value} at ${pointText(params)}: let it return a number`);
}

/** Parameters in one line. */
export function pointText(params: Readonly<Record<string, ParameterValue>>): string {
  return Object.entries(params).map(([name, value]) => `${name}=${value}`).join(" ");
}

function finite(value: Figure): Figure {
  return value !== null && Number.isFinite(value) ? value : null;
}
