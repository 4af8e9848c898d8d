import { fingerprint, type RunData, runManifest, type RunSpec, type TrialCandles } from "../backtest/mod.ts";
import { identityOf } from "../identity/mod.ts";
import { InputError } from "../errors/mod.ts";
import type { BoundStrategy, Strategy } from "../strategies/mod.ts";
import { DAYS_PER_YEAR } from "./return_moments.ts";
import type { Study, SweepTrial } from "./study.ts";
import type { Trial } from "./trial.ts";

const KEPT_METRICS = ["totalReturnFraction", "cagrFraction", "sharpe", "maxDrawdownFraction", "tradeCount"] as const;

/** What the ledger keeps of the trials of a study, in their order. Those in unrounded money are no runs, and have no hash. */
export async function trialsOfStudy(study: Study, strategy: Strategy, candles: TrialCandles): Promise<Trial[]> {
  if (study.money !== "exact") {
    throw new InputError("money", `trials in ${study.money} money are no runs: sweep in exact money to count them`);
  }
  const data = await Promise.all(candles.used.map((own) => fingerprint(own, study.spec.timeframe)));
  return study.trials.map((trial) =>
    trialOf(study.spec, strategy.bind(trial.params), trial, data, candles.tradeFromMs)
  );
}

function trialOf(
  stated: RunSpec,
  strategy: BoundStrategy,
  { metrics }: SweepTrial,
  data: readonly RunData[],
  tradedFromMs: TrialCandles["tradeFromMs"],
): Trial {
  const spec = { ...stated, params: strategy.params };
  const { run, markets, timeframe } = runManifest(spec, strategy, data, tradedFromMs), first = data[0]!;
  const { sharpe, skewness, excessKurtosis } = metrics;
  return {
    hash: run.hash,
    source: "sweep",
    family: {
      strategy: strategy.id,
      instrument: markets.map(({ exchange, symbol }) => `${exchange}:${symbol}`).join("+"),
      timeframe,
    },
    codeHash: run.strategyHash,
    params: strategy.params,
    data: {
      sha256: data.length === 1 ? first.sha256 : identityOf(data),
      fromMs: Math.min(...data.map(({ originMs }) => originMs)),
      toMs: Math.max(...data.map(({ lastMs }) => lastMs)),
    },
    returns: {
      count: metrics.returnCount ?? 0,
      sharpe: sharpe === null ? null : sharpe / Math.sqrt(DAYS_PER_YEAR),
      skewness,
      kurtosis: excessKurtosis === null ? null : excessKurtosis + 3,
    },
    metrics: Object.fromEntries(KEPT_METRICS.map((name) => [name, metrics[name]])),
    resultHash: identityOf(metrics),
  };
}
