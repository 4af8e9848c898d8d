// Data loader: the report of one run, and its last candles. Called with --run=HASH by the site build.
import { fingerprint, type RunManifest, type RunRecord } from "../../../engine/backtest/mod.ts";
import { Lake, listRuns, readRun, runFolder } from "../../../engine/lake/mod.ts";
import { type CandleColumns, instrument, sliceCandles } from "../../../engine/market/mod.ts";
import { reportDocument } from "../../../engine/metrics/mod.ts";
import { shiftBars, timeframe, type TimestampMs } from "../../../engine/time/mod.ts";
import type { BacktestData, RecentCandles } from "../../components/page_data.ts";
import { DATA_DIR } from "../data_folder.ts";

/** Candles that the page gets unmerged: for the live block and for looking closely at the end of the run. */
const RECENT_CANDLES = 3000;
const BENCHMARK = "buy-and-hold";

const hash = Deno.args.find((argument) => argument.startsWith("--run="))?.slice("--run=".length) ?? "";
const run = await readRun(DATA_DIR, hash);
const candles = await candlesOf(run.manifest);
const benchmark = await benchmarkOf(run);
const report = reportDocument(run, { candles: candles ?? [], ...(benchmark ? { benchmark } : {}) });
const data: BacktestData = { report, recent: candles === null ? null : recentOf(candles[0]!) };
console.log(JSON.stringify(data));

/** The candles of the run's markets; null unless the lake still has exactly those that the run used. */
async function candlesOf(manifest: RunManifest): Promise<CandleColumns[] | null> {
  const lake = new Lake(DATA_DIR), grid = timeframe(manifest.timeframe);
  try {
    const found: CandleColumns[] = [];
    for (const [i, market] of manifest.markets.entries()) {
      const used = manifest.run.data[i]!;
      const from = used.originMs as TimestampMs, to = shiftBars(grid, used.lastMs as TimestampMs, 1);
      const own = await lake.candles({ instrument: instrument(market), timeframe: grid, from, to }).catch(() => null);
      if (own === null || (await fingerprint(own)).sha256 !== used.sha256) return null;
      found.push(own);
    }
    return found;
  } finally {
    lake.close();
  }
}

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
