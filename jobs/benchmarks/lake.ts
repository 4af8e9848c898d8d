import { CandleWriter, importCandles, Lake } from "../../engine/lake/mod.ts";
import { type CandleColumns, instrument, sliceCandles } from "../../engine/market/mod.ts";
import { parseTimestamp, timeframe } from "../../engine/time/mod.ts";
import { readSettings } from "../settings.ts";
import { fastestMs, type Workload } from "./workload.ts";

const SYMBOLS = 20;
/** As the peers do it. */
const HOURS_SQL = `select symbol, epoch_ms(open_time) // 3600000 as hour, arg_min(open, open_time) as open,
  max(high) as high, min(low) as low, arg_max(close, open_time) as close, sum(volume) as volume from candles group by all`;
/** Candles of a month that are there, and how many are added after them one by one. */
const KEPT = 40_000, APPENDED = 200;

/**
 * The year of minutes imported into a lake of its own, then read into columns: all of it, and the month of March. Then a
 * minute added to a month; then, with twenty symbols of that year, their hours and a check of all files.
 */
export const lakeWorkload: Workload = {
  name: "lake",
  async run(walk) {
    const { dataDir } = readSettings().values;
    await Deno.mkdir(dataDir, { recursive: true });
    const root = await Deno.makeTempDir({ dir: dataDir, prefix: "bench_" });
    const lake = new Lake(root);
    try {
      await writeCsv(walk, `${root}/walk.csv`);
      const { exchange, symbol } = walk.instrument;
      const importMs = await onceMs(() =>
        importCandles(root, `${root}/walk.csv`, { exchange, symbol, timeframe: walk.timeframe })
      );
      const query = { instrument: walk.instrument, timeframe: timeframe(walk.timeframe) };
      const yearMs = await fastestMs(15, () => lake.candles(query));
      const [from, to] = [parseTimestamp("2021-03-01"), parseTimestamp("2021-04-01")];
      const monthMs = await fastestMs(15, () => lake.candles({ ...query, from, to }));
      const appendMs = await appendedMs(`${root}/appended`, await lake.candles({ ...query, from, to }));
      await storeSymbols(root, walk);
      const hoursMs = await fastestMs(5, () => lake.sql(HOURS_SQL));
      const checkMs = await fastestMs(1, () => lake.check());
      const figures = {
        import_year_ms: importMs,
        year_ms: yearMs,
        month_ms: monthMs,
        append_ms: appendMs,
        hours_of_20_ms: hoursMs,
        check_of_20_ms: checkMs,
      };
      return Object.entries(figures).map(([figure, ours]) => (
        { workload: "lake", figure, ours, unit: "ms", moreIsBetter: false }
      ));
    } finally {
      await lake.close();
      await Deno.remove(root, { recursive: true });
    }
  },
};

/** Median time in which one more minute is in the lake, durably. */
async function appendedMs(root: string, month: CandleColumns): Promise<number> {
  const writer = new CandleWriter(root), origin = { provider: "walk", how: "fetch" } as const, times: number[] = [];
  try {
    await writer.store(sliceCandles(month, 0, KEPT), origin);
    for (let i = KEPT; i < KEPT + APPENDED; i++) {
      times.push(await onceMs(() => writer.store(sliceCandles(month, i, i + 1), origin)));
    }
  } finally {
    await writer.close();
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** Gives the lake further symbols, with the same candles. */
async function storeSymbols(root: string, walk: CandleColumns): Promise<void> {
  const writer = new CandleWriter(root);
  try {
    for (let i = 1; i < SYMBOLS; i++) {
      const own = instrument({ exchange: walk.instrument.exchange, symbol: `S${i}/USDT` });
      await writer.store({ ...walk, instrument: own }, { provider: "walk", how: "fetch" });
    }
  } finally {
    await writer.close();
  }
}

async function onceMs(call: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await call();
  return performance.now() - startMs;
}

async function writeCsv({ length, openTimeMs, open, high, low, close, volume }: CandleColumns, path: string) {
  const lines = ["time,open,high,low,close,volume"];
  for (let i = 0; i < length; i++) {
    lines.push(`${openTimeMs[i]},${open[i]},${high[i]},${low[i]},${close[i]},${volume[i]}`);
  }
  await Deno.writeTextFile(path, lines.join("\n"));
}
