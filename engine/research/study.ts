import {
  type ColumnMoney,
  type RunSpec,
  TRIAL_METRICS,
  type TrialMetricName,
  type TrialMetrics,
} from "../backtest/mod.ts";
import { InputError } from "../errors/mod.ts";
import type { ParameterValue } from "../strategies/mod.ts";
import type { ParameterAxes } from "./parameter_grid.ts";

/** One point of a study and what came of it. */
export interface SweepTrial {
  /** Number of the point in the grid. */
  readonly index: number;
  readonly params: Readonly<Record<string, ParameterValue>>;
  /** Which engine traded it: over columns, or candle by candle where the columns cannot. */
  readonly path: "columns" | "events";
  /** Why the events had to. */
  readonly why?: string;
  readonly metrics: TrialMetrics;
}

/** Which figure says what is best. */
export interface Objective {
  readonly metric: TrialMetricName;
  readonly direction: "max" | "min";
}

/** What a certificate says about one trial. */
export interface TrialCertificate {
  readonly index: number;
  /** Trades equal to the last digit, figures to 1e-9. */
  readonly equal: boolean;
  readonly trades: number;
  /** What differs, in words; empty where nothing does. */
  readonly differences: readonly string[];
}

/** The trials of a grid over one history. */
export interface Study {
  readonly strategy: string;
  /** Without the parameters of the grid. */
  readonly spec: RunSpec;
  readonly axes: ParameterAxes;
  readonly money: ColumnMoney;
  readonly objective: Objective;
  /** In the order of the grid. Fewer than `points` where the study was interrupted. */
  readonly trials: readonly SweepTrial[];
  readonly points: number;
  /** Points of the grid that the strategy refuses and that were left out. */
  readonly refused: number;
  /** Null while no trial has the figure of the objective. */
  readonly best: SweepTrial | null;
  readonly certificates: readonly TrialCertificate[];
}

/**
 * The figure that trials are compared by: `sharpe`, or `-feesQuote` with a minus for the least. A drawdown is a figure below 0,
 * so the smallest one is the most of it, with a minus or without: nobody looks for the deepest.
 *
 * @throws {InputError} `objective` for a name that trials do not have.
 */
export function objectiveOf(text: string): Objective {
  const name = text.replace(/^-/, ""), metric = TRIAL_METRICS.find((own) => own === name);
  const direction = text.startsWith("-") && metric !== "maxDrawdownFraction" ? "min" : "max";
  if (metric !== undefined) return { metric, direction };
  throw new InputError("objective", `trials have no figure "${name}": use one of ${TRIAL_METRICS.join(", ")}`);
}

/** Trials from the best to the worst; of equal ones the earlier first, those without the figure last. */
export function ranked(trials: readonly SweepTrial[], { metric, direction }: Objective): SweepTrial[] {
  const sign = direction === "max" ? -1 : 1;
  const worth = ({ metrics }: SweepTrial) => metrics[metric] === null ? Infinity : sign * metrics[metric];
  return trials.toSorted((a, b) => {
    const left = worth(a), right = worth(b);
    return left < right ? -1 : left > right ? 1 : a.index - b.index;
  });
}
