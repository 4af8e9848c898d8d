import { type CandleColumns, VALUE_COLUMNS } from "../market/mod.ts";
import type { RunData } from "./run_spec.ts";

/**
 * What a run used of one market. The digest covers the columns one after the other, open times first, as little-endian
 * float64: the order of bytes of every machine that Deno runs on.
 *
 * @param timeframe The run's; candles of another one are named with theirs.
 */
export async function fingerprint(candles: CandleColumns, timeframe: string): Promise<RunData> {
  const columns = [candles.openTimeMs, ...VALUE_COLUMNS.map((name) => candles[name])];
  const bytes = new Uint8Array(candles.length * 8 * columns.length);
  columns.forEach((column, i) =>
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), i * candles.length * 8)
  );
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return {
    instrument: candles.instrument.id,
    ...(candles.timeframe === timeframe ? {} : { timeframe: candles.timeframe }),
    sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    candles: candles.length,
    originMs: candles.openTimeMs[0] ?? 0,
    lastMs: candles.openTimeMs[candles.length - 1] ?? 0,
  };
}
