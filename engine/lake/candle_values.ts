// The six columns of candles, as SQL gives them.
import { type CandleColumns, VALUE_COLUMNS, type ValueColumn } from "../market/mod.ts";
import { type Database, doubleColumns, literal } from "./duckdb.ts";

/** Candles without the name of their market. */
export type CandleValues = Pick<CandleColumns, "openTimeMs" | ValueColumn>;

/** Reads candles in the order of the relation's rows. */
export async function candleValues(database: Database, relation: string): Promise<CandleValues> {
  const [openTimeMs, open, high, low, close, volume] = await doubleColumns(
    database,
    `select epoch_ms(open_time)::double, ${VALUE_COLUMNS.join(", ")} from ${relation}`,
  );
  return { openTimeMs: openTimeMs!, open: open!, high: high!, low: low!, close: close!, volume: volume! };
}

/** Partitions as one relation, in the order given; DuckDB keeps it on any number of threads. */
export function parquet(files: readonly string[]): string {
  return `read_parquet([${files.map(literal).join(", ")}], hive_partitioning = false)`;
}
