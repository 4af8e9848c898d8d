import { InputError } from "../errors/mod.ts";
import { folderOf, sha256OfFile } from "./atomic_file.ts";
import { type CandleFile, readCandleFile, type ReadOptions } from "./candle_file.ts";
import { needingRoom } from "./disk_full.ts";
import type { Database } from "./duckdb.ts";
import { inputFiles } from "./input_files.ts";
import { type LakeRoot, storageOf } from "./lake_root.ts";
import { mergeCandles } from "./merge_candles.ts";
import type { FileProvenance } from "./provenance.ts";
import { type ArchiveOptions, withReadableFile } from "./readable_file.ts";
import type { SourceName } from "./source_name.ts";
import type { Storage } from "./storage.ts";

/** How an import is done. */
export interface ImportOptions extends ReadOptions, ArchiveOptions {
  /** Let the new file win where it differs from candles that are kept already; counted as revisions. */
  readonly revise?: boolean;
  /** Called before each file, and once more when all are done. */
  readonly progress?: (done: number, total: number, file: string) => void;
  /** Stops between files; what was imported stays, and the same import goes on from there. */
  readonly signal?: AbortSignal;
}

/** What an import of one file came to. */
export interface ImportedFile extends SourceName {
  readonly file: string;
  readonly rows: number;
  /** Candles that the lake did not have. */
  readonly added: number;
  readonly revised: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
  /** Rows whose open or close does not lie between low and high: kept, and counted in the quality ledger. */
  readonly inconsistent: number;
  /** Months that were written. */
  readonly partitions: readonly string[];
}

/**
 * Imports a file, or every candle file below a folder in the order of their names: Parquet, Feather, CSV, and zip archives
 * of one CSV file with their sum beside them. A file is checked as a whole, against the lake too, before any of it is
 * written; importing it again changes nothing.
 *
 * @param root The lake's folder, or the address of its bucket.
 * @throws {InputError} `candle-file`, `source`, `archive`, `checksum`, `disk-full` or `import`, naming the file, the row and the remedy. Files before the one
 * at fault stay imported.
 */
export async function importCandles(
  root: LakeRoot,
  path: string,
  options: ImportOptions = {},
): Promise<ImportedFile[]> {
  const files = await inputFiles(path, ["parquet", "feather", "csv", "zip"]);
  const storage = storageOf(root);
  const database = await storage.database([...new Set(files.map(folderOf))], 1);
  const imported: ImportedFile[] = [];
  try {
    for (const [i, file] of files.entries()) {
      if (options.signal?.aborted) break;
      options.progress?.(i, files.length, file);
      refuseOtherKind(file, options);
      imported.push(await needingRoom(storage.root, () => importFile(storage, database, file, options)));
    }
    options.progress?.(imported.length, files.length, files.at(-1)!);
  } finally {
    database.close();
  }
  return imported;
}

async function importFile(
  storage: Storage,
  database: Database,
  path: string,
  options: ImportOptions,
): Promise<ImportedFile> {
  const candles = await withReadableFile(
    storage,
    path,
    options,
    (readable) => readCandleFile(database, readable, options, path),
  );
  return await merge(storage, database, candles, options);
}

/** Refuses a file of the archive's mark prices where trades are wanted: the two never mix. */
function refuseOtherKind(path: string, { kind = "candles" }: ImportOptions): void {
  if (kind === "candles" && /mark_?-?price/i.test(path)) {
    throw new InputError("import", `${path} is of the mark price by its name: import it with --kind mark`);
  }
}

/** Puts the candles of a file into the months they belong to. */
async function merge(
  storage: Storage,
  database: Database,
  candles: CandleFile,
  options: ImportOptions,
): Promise<ImportedFile> {
  const { file, name, rows, inconsistent, outOfOrder } = candles;
  let sha256: Promise<string> | null = null;
  const merged = await mergeCandles(storage, database, {
    name,
    source: file.name,
    outOfOrder,
    provenance: async (counts) => ({
      file: file.name,
      sha256: await (sha256 ??= sha256OfFile(file.origin)),
      ...counts,
      ...provenanceOf(file.metadata),
    }),
  }, options);
  return {
    ...name,
    file: file.origin,
    rows,
    ...merged,
    inconsistent,
    outOfOrder: [...outOfOrder.values()].reduce((sum, count) => sum + count, 0),
  };
}

/** What a Parquet file's metadata say of its origin. */
function provenanceOf(metadata: Readonly<Record<string, string>>): Pick<FileProvenance, "source"> {
  const told = Object.entries(metadata).filter(([name]) => /^(source|licen[cs]e)/.test(name)).sort();
  return told.length > 0 ? { source: Object.fromEntries(told) } : {};
}
