// Test support only: candles of a Parquet file, read without the lake.
import { DuckDBInstance } from "@duckdb/node-api";
import { type Candle, type CandleColumns, candleColumns, type Instrument } from "../market/mod.ts";
import { parseTimestamp, type Timeframe } from "../time/mod.ts";

/** Candles of a file of the shared data with open times in [`from`, `to`). */
export async function readCandles(
  path: string,
  market: Instrument,
  timeframe: Timeframe,
  from: string,
  to: string,
): Promise<CandleColumns> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const reader = await connection.runAndReadAll(
    `select epoch_ms(time)::double as "openTimeMs", open, high, low, close, volume from read_parquet($path)
     where epoch_ms(time) >= $from and epoch_ms(time) < $to order by time`,
    { path, from: BigInt(parseTimestamp(from)), to: BigInt(parseTimestamp(to)) },
  );
  const rows = reader.getRowObjectsJS() as unknown as Candle[];
  connection.closeSync();
  return candleColumns(market, timeframe, rows);
}
