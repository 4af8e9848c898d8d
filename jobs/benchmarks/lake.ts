import { importCandles, Lake } from "../../engine/lake/mod.ts";
import type { CandleColumns } from "../../engine/market/mod.ts";
import { parseTimestamp, timeframe } from "../../engine/time/mod.ts";
import { readSettings } from "../settings.ts";
import { fastestMs, type Workload } from "./workload.ts";

/** The year of minutes imported into a lake of its own, then read into columns: all of it, and the month of March. */
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
      return [
        { workload: "lake", figure: "import_year_ms", ours: importMs, unit: "ms", moreIsBetter: false },
        { workload: "lake", figure: "year_ms", ours: yearMs, unit: "ms", moreIsBetter: false },
        { workload: "lake", figure: "month_ms", ours: monthMs, unit: "ms", moreIsBetter: false },
      ];
    } finally {
      await lake.close();
      await Deno.remove(root, { recursive: true });
    }
  },
};

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
