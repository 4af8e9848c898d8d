import type { ParameterValues, RunManifest, RunRecord } from "../backtest/mod.ts";
import { identityOf } from "../identity/mod.ts";
import { dailyReturns } from "../metrics/mod.ts";
import { type ReturnMoments, returnMoments } from "./return_moments.ts";

/** One idea on one market: its trials are counted together. */
export interface TrialFamily {
  /** Id of the strategy; of several on one account, their names in order, joined by `+`. */
  readonly strategy: string;
  /** Id of the instrument, as `binance:BTC/USDT`; of several, joined by `+` in the order of their ids. */
  readonly instrument: string;
  readonly timeframe: string;
}

/**
 * One evaluation of a strategy, as the ledger keeps it. There is no clock in it: the same study leaves the same rows,
 * with any number of workers.
 */
export interface Trial {
  /**
   * The run hash that a backtest of the same strategy, parameters, candles and settings has (`manifest.run.hash`): a
   * trial counts once per hash, wherever it came from.
   */
  readonly hash: string;
  /** Who evaluated: `backtest`, `notebook`, `sweep`, `search` … */
  readonly source: string;
  readonly family: TrialFamily;
  /** SHA-256 of the strategy's rules or code (`manifest.run.strategyHash`). */
  readonly codeHash: string;
  /** All parameters, those given by default too; of several strategies, `name.parameter`. */
  readonly params: ParameterValues;
  /** The candles: a digest over them, and the first and last open time. */
  readonly data: { readonly sha256: string; readonly fromMs: number; readonly toMs: number };
  /** Moments of the returns of whole days, UTC: all that a deflated Sharpe ratio needs. */
  readonly returns: ReturnMoments;
  /** Figures of the result by name, as `METRICS` has them; null where one is not defined. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** SHA-256 over all figures of the result, of which `metrics` may be some. */
  readonly resultHash: string;
}

/** Figures of a run that the ledger shows beside the moments of its returns. */
const KEPT_METRICS = ["totalReturnFraction", "cagrFraction", "sharpe", "maxDrawdownFraction", "tradeCount"] as const;

/** A family as one text, for maps and headlines. */
export function familyName({ strategy, instrument, timeframe }: TrialFamily): string {
  return `${strategy} on ${instrument} ${timeframe}`;
}

/** A finished backtest as a trial. */
export function trialOfRun({ manifest, metrics, equity, notes }: RunRecord, source: string): Trial {
  const { returns } = dailyReturns(equity, notes.startingEquityQuote ?? manifest.account.cashQuote);
  return trialOfManifest(manifest, source, returnMoments(returns), metrics);
}

/** A run as a trial, from what it is and the figures that came of it. */
export function trialOfManifest(
  manifest: RunManifest,
  source: string,
  returns: ReturnMoments,
  metrics: Readonly<Record<string, unknown>> & Readonly<Partial<Record<typeof KEPT_METRICS[number], number | null>>>,
): Trial {
  const { run, markets, timeframe, strategies } = manifest, first = run.data[0]!;
  return {
    hash: run.hash,
    source,
    family: {
      strategy: strategies?.map(({ id }) => id).join("+") ?? manifest.strategy!,
      instrument: markets.map(({ exchange, symbol }) => `${exchange}:${symbol}`).join("+"),
      timeframe,
    },
    codeHash: run.strategyHash,
    params: strategies === undefined ? manifest.params! : Object.fromEntries(
      strategies.flatMap(({ id, params }) => Object.entries(params).map(([name, value]) => [`${id}.${name}`, value])),
    ),
    data: {
      sha256: run.data.length === 1 ? first.sha256 : identityOf(run.data),
      fromMs: Math.min(...run.data.map(({ originMs }) => originMs)),
      toMs: Math.max(...run.data.map(({ lastMs }) => lastMs)),
    },
    returns,
    metrics: Object.fromEntries(KEPT_METRICS.map((name) => [name, metrics[name] ?? null])),
    resultHash: identityOf(metrics),
  };
}
