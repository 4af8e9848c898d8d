import { fingerprint, type RunManifest } from "../backtest/mod.ts";
import { type CandleColumns, instrument } from "../market/mod.ts";
import { shiftBars, timeframe, type TimestampMs } from "../time/mod.ts";
import { Lake } from "./lake.ts";
import type { LakeRoot } from "./lake_root.ts";

/**
 * The candles that a run used, of its markets, of the symbols that it only read, and finer ones; null unless the lake still has
 * exactly those.
 */
export async function runCandles(
  root: LakeRoot,
  { markets, timeframe: length, run }: RunManifest,
): Promise<CandleColumns[] | null> {
  const lake = new Lake(root);
  try {
    const found: CandleColumns[] = [];
    for (const [i, used] of run.data.entries()) {
      const [exchange, symbol] = used.instrument.split(":") as [string, string];
      const grid = timeframe(used.timeframe ?? length);
      const market = instrument(markets[i] ?? { exchange, symbol });
      const from = used.originMs as TimestampMs, to = shiftBars(grid, used.lastMs as TimestampMs, 1);
      const own = await lake.candles({ instrument: market, timeframe: grid, from, to }).catch(() => null);
      if (own === null || (await fingerprint(own, length)).sha256 !== used.sha256) return null;
      found.push(own);
    }
    return found;
  } finally {
    await lake.close();
  }
}
