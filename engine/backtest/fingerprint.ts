import { type CandleColumns, VALUE_COLUMNS } from "../market/mod.ts";
import type { RunData } from "./run_spec.ts";

/**
 * What a run used of one market. The digest covers the columns one after the other, open times first, as little-endian
 * float64: the order of bytes of every machine that Deno runs on.
 *
 * @param timeframe The run's, theirs when it is left out; candles of another one are named with theirs.
 */
export async function fingerprint(candles: CandleColumns, timeframe: string = candles.timeframe): Promise<RunData> {
  return {
    instrument: candles.instrument.id,
    ...(candles.timeframe === timeframe ? {} : { timeframe: candles.timeframe }),
    sha256: await sha256Of([candles.openTimeMs, ...VALUE_COLUMNS.map((name) => candles[name])]),
    candles: candles.length,
    originMs: candles.openTimeMs[0] ?? 0,
    lastMs: candles.openTimeMs[candles.length - 1] ?? 0,
  };
}

/** SHA-256 over columns, one after the other. */
export async function sha256Of(columns: readonly Float64Array[]): Promise<string> {
  const bytes = new Uint8Array(columns.reduce((sum, column) => sum + column.byteLength, 0));
  let offset = 0;
  for (const column of columns) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), offset);
    offset += column.byteLength;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
