// Joins the journal, which says what leaves it, with the lake, which writes Parquet.
import type { Archive } from "../engine/journal/mod.ts";
import { writeArchive } from "../engine/lake/mod.ts";

/** Parquet files in `archive` of the data folder. */
export function parquetArchive(dataDir: string): Archive {
  return { keep: (name, rows) => writeArchive(`${dataDir}/archive/${name}.parquet`, rows) };
}
