import { InputError } from "../errors/mod.ts";
import { candleQuality, VALUE_COLUMNS } from "../market/mod.ts";
import { formatTimestamp, type TimestampMs } from "../time/mod.ts";
import { exists, sha256OfFile } from "./atomic_file.ts";
import { INCOMING, readCandleFile, type ReadCounts, type ReadOptions } from "./candle_file.ts";
import { type Database, doubleLists, literal, openDatabase, rowsOf } from "./duckdb.ts";
import { partitionPath, readSidecar, type Sidecar, writePartition } from "./partition.ts";
import { type SourceName, sourceName, type StatedSource } from "./source_name.ts";

/** How an import is done. */
export interface ImportOptions extends StatedSource, ReadOptions {
  /** Let the new file win where it differs from candles that are kept already; counted as revisions. */
  readonly revise?: boolean;
  /** Called with each file that is about to be read. */
  readonly progress?: (done: number, total: number, file: string) => void;
  /** Stops between files; what was imported stays. */
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
  /** Months that were written. */
  readonly partitions: readonly string[];
}

/**
 * Imports a file, or every candle file below a folder in the order of their names. A file is checked as a whole before
 * any of it is written; importing it again changes nothing.
 *
 * @param root The lake's folder.
 * @throws {InputError} `candle-file`, `source` or `import`, naming the file, the row and the remedy.
 */
export async function importCandles(root: string, path: string, options: ImportOptions = {}): Promise<ImportedFile[]> {
  const files = await candleFiles(path);
  const database = await openDatabase(1);
  const imported: ImportedFile[] = [];
  try {
    for (const [i, file] of files.entries()) {
      if (options.signal?.aborted) break;
      options.progress?.(i, files.length, file);
      imported.push(await importFile(database, root, file, options));
    }
  } finally {
    database.close();
  }
  return imported;
}

async function candleFiles(path: string): Promise<string[]> {
  if (!await exists(path)) throw new InputError("import", `there is no file or folder ${path}: check the path`);
  if ((await Deno.stat(path)).isFile) return [path];
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    for await (const entry of Deno.readDir(folder)) {
      const inner = `${folder}/${entry.name}`;
      if (entry.isDirectory) await walk(inner);
      else if (/\.(parquet|csv)$/i.test(entry.name)) found.push(inner);
    }
  };
  await walk(path.replace(/\/+$/, ""));
  if (found.length === 0) {
    throw new InputError("import", `${path} holds no .parquet or .csv file: choose another folder`);
  }
  return found.sort();
}

async function importFile(
  database: Database,
  root: string,
  file: string,
  options: ImportOptions,
): Promise<ImportedFile> {
  const name = sourceName(file, options);
  const counts = await readCandleFile(database, file, name.timeframe, options);
  const plans = await planMonths(database, root, name, file, options);
  const sha256 = plans.some(({ changes }) => changes) ? await sha256OfFile(file) : "";
  for (const [i, plan] of plans.filter(({ changes }) => changes).entries()) {
    // What was odd about the file is counted once, in its first month.
    const found = i === 0 ? counts : { ...counts, duplicates: 0, outOfOrder: 0 };
    await writeMonth(database, name, plan, found, { file: baseName(file), sha256 });
  }
  const total = (what: "added" | "revised") => plans.reduce((sum, plan) => sum + plan[what], 0);
  return {
    ...name,
    file,
    rows: counts.rows,
    added: total("added"),
    revised: total("revised"),
    duplicates: counts.duplicates,
    outOfOrder: counts.outOfOrder,
    partitions: plans.filter(({ changes }) => changes).map(({ month }) => month),
  };
}

const baseName = (path: string) => path.split("/").at(-1)!;
/** The month of a row, as partitions name it. */
const MONTH = "strftime(open_time, '%Y-%m')";
const differs = (a: string, b: string) => {
  const row = (table: string) => `(${VALUE_COLUMNS.map((column) => `${table}.${column}`).join(", ")})`;
  return `${row(a)} is distinct from ${row(b)}`;
};

/** What an import does to one month. */
interface MonthPlan {
  readonly month: string;
  readonly path: string;
  /** Null where the month is new. */
  readonly sidecar: Sidecar | null;
  /** Candles of the file in this month. */
  readonly rows: number;
  readonly added: number;
  readonly revised: number;
  readonly changes: boolean;
}

/** Compares the file with what is kept of its months. Writes nothing. */
async function planMonths(
  database: Database,
  root: string,
  name: SourceName,
  file: string,
  options: ImportOptions,
): Promise<MonthPlan[]> {
  const months = await rowsOf(database, `select distinct ${MONTH} as month from ${INCOMING} order by month`);
  const found = await Promise.all(months.map(async ({ month }) => {
    const path = partitionPath(root, { ...name, month: String(month) });
    return { path, sidecar: await readSidecar(path) };
  }));
  const kept = found.filter(({ sidecar }) => sidecar !== null).map(({ path }) => literal(path));
  const keptRows = kept.length > 0
    ? `read_parquet([${kept.join(", ")}], hive_partitioning = false)`
    : `(from ${INCOMING} limit 0)`;
  const changed = `k.open_time is not null and ${differs("i", "k")}`;
  const compared = await rowsOf(
    database,
    `select strftime(i.open_time, '%Y-%m') as month, count(*)::double as rows, count(*) filter (k.open_time is null)::double as added,
       count(*) filter (${changed})::double as revised, epoch_ms(min(i.open_time) filter (${changed}))::double as first
     from ${INCOMING} i left join ${keptRows} k using (open_time) group by month order by month`,
  );
  const revised = compared.reduce((sum, row) => sum + Number(row.revised), 0);
  if (revised > 0 && !options.revise) {
    const first = formatTimestamp(compared.find((row) => Number(row.revised) > 0)!.first as TimestampMs);
    throw new InputError(
      "import",
      `${
        baseName(file)
      } differs from ${revised} candles that are kept already, the first of ${first}: import with --revise to let the file win`,
    );
  }
  return compared.map((row, i) => {
    const added = Number(row.added), revised = Number(row.revised);
    return {
      month: String(row.month),
      ...found[i]!,
      rows: Number(row.rows),
      added,
      revised,
      changes: added + revised > 0,
    };
  });
}

async function writeMonth(
  database: Database,
  name: SourceName,
  { month, path, sidecar, rows, revised }: MonthPlan,
  counts: ReadCounts,
  source: { readonly file: string; readonly sha256: string },
): Promise<void> {
  const incoming = `(select * from ${INCOMING} where ${MONTH} = ${literal(month)})`;
  const rest = sidecar === null
    ? ""
    : ` union all select * from read_parquet(${
      literal(path)
    }, hive_partitioning = false) where open_time not in (select open_time from ${incoming})`;
  await database.connection.run(
    `create or replace temp table month as select * from (from ${incoming}${rest}) order by open_time`,
  );
  const [openTimeMs, close, volume] = await doubleLists(
    database,
    "select list(epoch_ms(open_time)::double order by open_time), list(close order by open_time), list(volume order by open_time) from month",
  ) as [Float64Array, Float64Array, Float64Array];
  const before = sidecar?.quality;
  const found = {
    duplicates: (before?.duplicates ?? 0) + counts.duplicates,
    outOfOrder: (before?.outOfOrder ?? 0) + counts.outOfOrder,
  };
  await writePartition(database, path, "from month order by open_time", {
    rows: openTimeMs.length,
    firstOpenMs: openTimeMs[0]!,
    lastOpenMs: openTimeMs[openTimeMs.length - 1]!,
    provenance: [...(sidecar?.provenance ?? []), { ...source, rows }],
    revised: (sidecar?.revised ?? 0) + revised,
    quality: candleQuality({ openTimeMs, close, volume }, name.timeframe, found),
  });
}
