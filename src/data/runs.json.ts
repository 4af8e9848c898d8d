// Data loader: all runs with the figures and the curve that the list shows.
import type { RunRecord } from "../../engine/backtest/mod.ts";
import { listRuns, readRun } from "../../engine/lake/mod.ts";
import { curveStartMs, rowsToKeep, strategyTitle } from "../../engine/metrics/mod.ts";
import type { RunSummary } from "../components/page_data.ts";
import { DATA_DIR } from "./data_folder.ts";

/** Points of a curve in the list. */
const CURVE_POINTS = 240;

const runs: RunSummary[] = [];
for (const hash of await listRuns(DATA_DIR)) runs.push(summaryOf(await readRun(DATA_DIR, hash)));
console.log(JSON.stringify(runs));

function summaryOf({ manifest, equity, metrics, trades, notes }: RunRecord): RunSummary {
  const closes = equity.closeTimeMs.length, startingCash = notes.startingEquityQuote ?? manifest.account.cashQuote;
  const rows = rowsToKeep([equity.equity], CURVE_POINTS);
  return {
    hash: manifest.run.hash,
    strategy: strategyTitle(manifest),
    params: Object.entries(manifest.params ?? {}).map(([name, value]) => `${name}=${value}`).join(" "),
    markets: manifest.markets.map(({ symbol }) => symbol).join(", "),
    exchange: [...new Set(manifest.markets.map(({ exchange }) => exchange))].join(", "),
    timeframe: manifest.timeframe,
    fromMs: closes === 0 ? null : curveStartMs(equity),
    toMs: closes === 0 ? null : equity.closeTimeMs[closes - 1]!,
    totalReturnFraction: metrics.totalReturnFraction ?? null,
    cagrFraction: metrics.cagrFraction ?? null,
    sharpe: metrics.sharpe ?? null,
    maxDrawdownFraction: metrics.maxDrawdownFraction ?? null,
    trades: trades.length,
    curve: {
      timeMs: rows.map((row) => equity.closeTimeMs[row]!),
      growth: rows.map((row) => Number((equity.equity[row]! / startingCash).toPrecision(6))),
    },
  };
}
