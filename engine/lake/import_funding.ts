import { folderOf, sha256OfFile } from "./atomic_file.ts";
import type { Database } from "./duckdb.ts";
import { fundingPath } from "./funding_file.ts";
import { type FundingFile, type FundingReadOptions, readFundingFile } from "./funding_source.ts";
import { inputFiles } from "./input_files.ts";
import { type LakeRoot, storageOf } from "./lake_root.ts";
import { type MergedSettlements, mergeSettlements } from "./merge_settlements.ts";
import type { Storage } from "./storage.ts";

/** How funding is imported. */
export interface FundingImportOptions extends FundingReadOptions {
  /** Let the file win where it contradicts what is kept; what was not known before needs no such word. */
  readonly revise?: boolean;
  /** Called before each file, and once more when all are done. */
  readonly progress?: (done: number, total: number, file: string) => void;
  /** Stops between files; what was imported stays, and the same import goes on from there. */
  readonly signal?: AbortSignal;
}

/** What an import of one file came to. */
export interface ImportedFunding extends MergedSettlements {
  readonly file: string;
  readonly exchange: string;
  readonly symbol: string;
  readonly rows: number;
  /** Rows that told of a settlement again, in the same words. */
  readonly duplicates: number;
}

/**
 * Imports the funding of contracts from a .csv, .parquet or .json file, or from every such file below a folder: Binance's
 * archive and API, Bybit, OKX, ccxt, or the columns `time, rate, interval_ms, mark_price`. A file is checked as a whole,
 * against the lake too, before any of it is written; importing it again changes nothing.
 *
 * @param root The lake's folder, or the address of its bucket.
 * @throws {InputError} `funding-file`, `candle-file`, `source` or `import`, naming the file, the row and the remedy. Files
 * before the one at fault stay imported.
 */
export async function importFunding(
  root: LakeRoot,
  path: string,
  options: FundingImportOptions = {},
): Promise<ImportedFunding[]> {
  const files = await inputFiles(path, ["csv", "parquet", "json"]);
  const storage = storageOf(root);
  const database = await storage.database([...new Set(files.map(folderOf))], 1);
  const imported: ImportedFunding[] = [];
  try {
    for (const [i, file] of files.entries()) {
      if (options.signal?.aborted) break;
      options.progress?.(i, files.length, file);
      const funding = await readFundingFile(database, file, options);
      const own = fundingPath(storage.root, funding.market);
      imported.push(await storage.exclusively([own], () => merge(storage, database, funding, options)));
    }
    options.progress?.(imported.length, files.length, files.at(-1)!);
  } finally {
    database.close();
  }
  return imported;
}

async function merge(
  storage: Storage,
  database: Database,
  { table, market, settlements, duplicates }: FundingFile,
  { revise = false }: FundingImportOptions,
): Promise<ImportedFunding> {
  const counts = await mergeSettlements(storage, database, market, settlements, {
    name: table.name,
    provenance: async (own) => ({ file: table.name, sha256: await sha256OfFile(table.path), ...own }),
    remedy: revise ? null : "import with --revise to let the file win",
  });
  const { exchange, symbol } = market;
  return { file: table.path, exchange, symbol, rows: settlements.length + duplicates, ...counts, duplicates };
}
