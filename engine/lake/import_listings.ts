import { InputError } from "../errors/mod.ts";
import { instrument } from "../market/mod.ts";
import { parseTimestamp, type TimestampMs } from "../time/mod.ts";
import { exists, folderOf, sha256OfFile } from "./atomic_file.ts";
import { type Database, identifier, rowsOf } from "./duckdb.ts";
import { type LakeRoot, storageOf } from "./lake_root.ts";
import { type ListedMarket, listingsPath, readListings, writeListings } from "./listings_file.ts";
import { type MergedListings, mergeListings } from "./merge_listings.ts";
import { openSourceFile, reading, rowName, shortened, type SourceFile } from "./source_file.ts";

/** How listings are imported. */
export interface ListingImportOptions {
  /** Of rows in a file that has no column for it. */
  readonly exchange?: string;
  /** Let the file win where it contradicts what is kept; what was not known before needs no such word. */
  readonly revise?: boolean;
}

/** What an import came to for one exchange. */
export interface ImportedListings extends Omit<MergedListings, "merged"> {
  readonly file: string;
  readonly exchange: string;
  readonly rows: number;
}

const COLUMNS = {
  exchange: ["exchange"],
  symbol: ["symbol"],
  listedAt: ["listedAt", "listed_at"],
  delistedAt: ["delistedAt", "delisted_at"],
  renamedTo: ["renamedTo", "renamed_to"],
} as const;

/**
 * Imports a Parquet or CSV file with the columns `exchange, symbol, listedAt, delistedAt, renamedTo` (times as ISO text,
 * timestamps, or milliseconds since 1970; empty where not known). It is checked as a whole before any of it is written;
 * importing it again changes nothing.
 *
 * @param root The lake's folder, or the address of its bucket.
 * @throws {InputError} `listing-file` or `import`, naming the file, the row and the remedy.
 */
export async function importListings(
  root: LakeRoot,
  path: string,
  options: ListingImportOptions = {},
): Promise<ImportedListings[]> {
  if (!await exists(path) || !(await Deno.stat(path)).isFile) {
    throw new InputError("import", `there is no file ${path}: check the path`);
  }
  const storage = storageOf(root);
  const database = await storage.database([folderOf(path)], 1);
  try {
    const file = await openSourceFile(database, path);
    const listings = await readRows(database, file, options);
    const sha256 = await sha256OfFile(path);
    const exchanges = [...new Set(listings.map((own) => own.exchange))].sort();
    const paths = exchanges.map((exchange) => listingsPath(storage.root, exchange));
    return await storage.exclusively(paths, async () => {
      const plans = [], remedy = options.revise ? null : "import with --revise to let the file win";
      for (const exchange of exchanges) {
        const own = listings.filter((listing) => listing.exchange === exchange);
        const kept = await readListings(storage, database, exchange);
        plans.push({ exchange, rows: own.length, ...mergeListings(kept, own, file.name, remedy) });
      }
      for (const { exchange, merged, rows, added, completed, revised } of plans) {
        if (added + completed + revised === 0) continue;
        const provenance = { file: file.name, sha256, rows, added, revised: completed + revised };
        await writeListings(storage, database, exchange, merged, provenance);
      }
      return plans.map(({ merged: _, ...counts }) => ({ file: path, ...counts }));
    });
  } finally {
    database.close();
  }
}

async function readRows(
  database: Database,
  file: SourceFile,
  options: ListingImportOptions,
): Promise<ListedMarket[]> {
  const named = (names: readonly string[]) => names.find((name) => file.columns.has(name));
  const symbol = named(COLUMNS.symbol), exchange = named(COLUMNS.exchange);
  if (symbol === undefined || (exchange === undefined && options.exchange === undefined)) {
    const missing = symbol === undefined ? "symbol" : "exchange";
    throw new InputError(
      "listing-file",
      `${file.name} has no column ${missing}: listings have exchange, symbol, listedAt, delistedAt and renamedTo`,
    );
  }
  const cell = (name: string | undefined) => {
    if (name === undefined) return "null";
    const isTime = /^(TIMESTAMP|DATE)/.test(file.columns.get(name)!);
    return isTime ? `epoch_ms(${identifier(name)})::varchar` : `trim(${identifier(name)}::varchar)`;
  };
  const rows = await reading(file, () =>
    rowsOf(
      database,
      `select ${cell(exchange)} as exchange, ${cell(symbol)} as symbol, ${cell(named(COLUMNS.listedAt))} as "listedAt",
         ${cell(named(COLUMNS.delistedAt))} as "delistedAt", ${cell(named(COLUMNS.renamedTo))} as "renamedTo"
       from ${file.relation}`,
    )) as unknown as Record<keyof typeof COLUMNS, string | null>[];
  const found = new Map<string, ListedMarket>();
  for (const [i, row] of rows.entries()) {
    const listing = await listingOf(file, i, { ...row, exchange: row.exchange || (options.exchange ?? null) });
    const id = `${listing.exchange}:${listing.symbol}`, before = found.get(id);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(listing)) {
      throw new InputError("listing-file", `${await rowName(file, i)} has ${id} again, with other times: name it once`);
    }
    found.set(id, listing);
  }
  return [...found.values()];
}

async function listingOf(
  file: SourceFile,
  row: number,
  cells: Record<keyof typeof COLUMNS, string | null>,
): Promise<ListedMarket> {
  try {
    const { exchange, symbol } = instrument({ exchange: cells.exchange ?? "", symbol: cells.symbol ?? "" });
    const listedAtMs = timeOf(cells.listedAt), delistedAtMs = timeOf(cells.delistedAt);
    if (listedAtMs !== null && delistedAtMs !== null && listedAtMs >= delistedAtMs) {
      throw new InputError("listing-file", `${symbol} is delisted before it is listed: check the two times`);
    }
    const renamedTo = cells.renamedTo ? instrument({ exchange, symbol: cells.renamedTo }).symbol : null;
    return { exchange, symbol, listedAtMs, delistedAtMs, renamedTo };
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError("listing-file", `${await rowName(file, row)}: ${shortened(cause.message)}`, { cause });
  }
}

/** ISO text, or milliseconds since 1970. */
function timeOf(cell: string | null): TimestampMs | null {
  if (!cell) return null;
  return /^-?\d{6,}(\.0+)?$/.test(cell) ? Math.trunc(Number(cell)) as TimestampMs : parseTimestamp(cell);
}
