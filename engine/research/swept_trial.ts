import {
  type ColumnMoney,
  type RunData,
  runDataOf,
  runManifest,
  type RunSpec,
  type TrialCandles,
} from "../backtest/mod.ts";
import { identityOf } from "../identity/mod.ts";
import type { BoundStrategy } from "../strategies/mod.ts";
import { DAYS_PER_YEAR } from "./return_moments.ts";
import type { Study, SweepTrial } from "./study.ts";
import type { SweepInput } from "./sweep.ts";
import { type Trial, trialOfManifest } from "./trial.ts";

/** What the ledger keeps of some trials of a study, in their order. */
export type CountedTrials<Own extends SweepTrial = SweepTrial> = (trials: readonly Own[]) => Promise<Trial[]>;

/** What the ledger keeps of the trials of a study, as they are made. */
export function countedTrials(
  { spec, money }: Pick<Study, "spec" | "money">,
  { points, candles }: SweepInput,
  source = "sweep",
): CountedTrials {
  const strategies = new Map(points.map(({ index, strategy }) => [index, strategy]));
  const { tradeFromMs } = candles;
  let data: Promise<readonly RunData[]> | null = null;
  return async (trials) => {
    const origin = { data: await (data ??= runDataOf(spec, candles)), tradeFromMs, source, money };
    return trials.map((trial) => sweptTrial(spec, strategies.get(trial.index)!, trial, origin));
  };
}

/** What the ledger keeps of the trials of a study, in their order. */
export function trialsOfStudy(study: Study, input: SweepInput): Promise<Trial[]> {
  return countedTrials(study, input)(study.trials);
}

/** The candles of a trial, and who traded it. */
export interface TrialOrigin {
  readonly data: readonly RunData[];
  readonly tradeFromMs: TrialCandles["tradeFromMs"];
  readonly source: string;
  readonly money: ColumnMoney;
}

/**
 * What the ledger keeps of one trial. `stated` is its run without the parameters. In unrounded money it is no run that a
 * backtest repeats: it counts under a hash of its own, as whoever looked at it has chosen among it all the same.
 */
export function sweptTrial(
  stated: RunSpec,
  strategy: BoundStrategy,
  { metrics }: Pick<SweepTrial, "metrics">,
  { data, tradeFromMs, source, money }: TrialOrigin,
): Trial {
  const manifest = runManifest({ ...stated, params: strategy.params }, strategy, data, tradeFromMs);
  const { sharpe, skewness, excessKurtosis } = metrics;
  const returns = {
    count: metrics.returnCount ?? 0,
    sharpe: sharpe === null ? null : sharpe / Math.sqrt(DAYS_PER_YEAR),
    skewness,
    kurtosis: excessKurtosis === null ? null : excessKurtosis + 3,
  };
  const trial = trialOfManifest(manifest, source, returns, metrics);
  return money === "exact"
    ? trial
    : { ...trial, hash: identityOf({ run: trial.hash, money }), source: `${money} ${source}` };
}
