// Data loader: the report of one run, and its last candles. Called with --run=HASH by the site build.
import type { RunManifest, RunRecord } from "../../../engine/backtest/mod.ts";
import { listRuns, readRobustness, readRun, runCandles, runFolder } from "../../../engine/lake/mod.ts";
import { type CandleColumns, sliceCandles } from "../../../engine/market/mod.ts";
import { reportDocument } from "../../../engine/metrics/mod.ts";
import type { BacktestData, RecentCandles } from "../../components/page_data.ts";
import { DATA_DIR } from "../data_folder.ts";

/** Candles that the page gets unmerged: for the live block and for looking closely at the end of the run. */
const RECENT_CANDLES = 3000;
const BENCHMARK = "buy-and-hold";

const hash = Deno.args.find((argument) => argument.startsWith("--run="))?.slice("--run=".length) ?? "";
const run = await readRun(DATA_DIR, hash);
const candles = await runCandles(DATA_DIR, run.manifest);
const benchmark = await benchmarkOf(run);
const report = reportDocument(run, {
  candles: candles?.slice(0, run.manifest.markets.length) ?? [],
  ...(benchmark ? { benchmark } : {}),
});
const { liquidations, missingFunding, missingMarks, feeBalance } = run.notes;
const data: BacktestData = {
  report,
  verdict: (await readRobustness(DATA_DIR, run.manifest.run.hash))?.verdict.headline ?? null,
  recent: candles === null ? null : recentOf(candles[0]!),
  venue: {
    ...(liquidations && { liquidations }),
    ...(missingFunding && { missingFunding }),
    ...(missingMarks && { missingMarks }),
    ...(feeBalance && { feeBalance }),
  },
};
console.log(JSON.stringify(data));

/** A run of the benchmark under the same conditions, if one is kept. */
async function benchmarkOf({ manifest }: RunRecord): Promise<RunRecord | undefined> {
  if (manifest.strategy === BENCHMARK) return undefined;
  const conditions = conditionsOf(manifest);
  for (const known of await listRuns(DATA_DIR)) {
    const other: RunManifest = JSON.parse(await Deno.readTextFile(`${runFolder(DATA_DIR, known)}/manifest.json`));
    if (other.strategy === BENCHMARK && conditionsOf(other) === conditions) return await readRun(DATA_DIR, known);
  }
}

function conditionsOf({ markets, timeframe, from, to, account, costs, fillRules }: RunManifest): string {
  return JSON.stringify([markets, timeframe, from, to, account, costs, fillRules]);
}

function recentOf(candles: CandleColumns): RecentCandles {
  const { instrument, timeframe, ...columns } = sliceCandles(
    candles,
    Math.max(0, candles.length - RECENT_CANDLES),
    candles.length,
  );
  return {
    exchange: instrument.exchange,
    symbol: instrument.symbol,
    timeframe,
    openTimeMs: Array.from(columns.openTimeMs),
    open: Array.from(columns.open),
    high: Array.from(columns.high),
    low: Array.from(columns.low),
    close: Array.from(columns.close),
    volume: Array.from(columns.volume),
  };
}
