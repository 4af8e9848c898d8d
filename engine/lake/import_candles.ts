import { InputError } from "../errors/mod.ts";
import { candleQuality, VALUE_COLUMNS } from "../market/mod.ts";
import { formatTimestamp, type TimestampMs } from "../time/mod.ts";
import { asOnlyWriter, folderOf, sha256OfFile } from "./atomic_file.ts";
import { type CandleFile, INCOMING, readCandleFile, type ReadOptions } from "./candle_file.ts";
import { candleValues, parquet } from "./candle_values.ts";
import { type Database, literal, openDatabase, rowsOf } from "./duckdb.ts";
import { inputFiles } from "./input_files.ts";
import {
  damaged,
  partitionPath,
  type Provenance,
  readSidecar,
  settlePartition,
  type Sidecar,
  writePartition,
} from "./partition.ts";
import type { SourceName } from "./source_name.ts";

/** How an import is done. */
export interface ImportOptions extends ReadOptions {
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
 * Imports a file, or every candle file below a folder in the order of their names. A file is checked as a whole, against
 * the lake too, before any of it is written; importing it again changes nothing.
 *
 * @param root The lake's folder.
 * @throws {InputError} `candle-file`, `source` or `import`, naming the file, the row and the remedy. Files before the one
 * at fault stay imported.
 */
export async function importCandles(root: string, path: string, options: ImportOptions = {}): Promise<ImportedFile[]> {
  const files = await inputFiles(path, ["parquet", "csv"]);
  const database = await openDatabase([root, ...new Set(files.map(folderOf))], 1);
  const imported: ImportedFile[] = [];
  try {
    for (const [i, file] of files.entries()) {
      if (options.signal?.aborted) break;
      options.progress?.(i, files.length, file);
      refuseOtherKind(file, options);
      const candles = await readCandleFile(database, file, options);
      imported.push(await asOnlyWriter(root, () => merge(database, root, candles, options)));
    }
    options.progress?.(imported.length, files.length, files.at(-1)!);
  } finally {
    database.close();
  }
  return imported;
}

/** Refuses a file of the archive's mark prices where trades are wanted: the two never mix. */
function refuseOtherKind(path: string, { kind = "candles" }: ImportOptions): void {
  if (kind === "candles" && /mark_?-?price/i.test(path)) {
    throw new InputError("import", `${path} is of the mark price by its name: import it with --kind mark`);
  }
}

/** Puts the candles of {@linkcode INCOMING} into the months they belong to. */
async function merge(
  database: Database,
  root: string,
  candles: CandleFile,
  options: ImportOptions,
): Promise<ImportedFile> {
  const { file, name, rows, inconsistent, outOfOrder } = candles;
  const plans = await planMonths(database, root, candles, options);
  // A writer that was killed may have left its last step undone in months to which this file adds nothing.
  for (const { path } of plans) await settlePartition(path);
  const changed = plans.filter(({ added, revised }) => added + revised > 0);
  const source = provenanceOf(file.metadata);
  const sha256 = changed.length > 0 ? await sha256OfFile(file.path) : "";
  for (const plan of changed) {
    const { rows, added, revised } = plan;
    const provenance = { file: file.name, sha256, rows, added, revised, ...source };
    await writeMonth(database, name, plan, provenance, outOfOrder.get(plan.month) ?? 0);
  }
  const total = (what: "added" | "revised" | "duplicates") => plans.reduce((sum, plan) => sum + plan[what], 0);
  return {
    ...name,
    file: file.path,
    rows,
    added: total("added"),
    revised: total("revised"),
    duplicates: total("duplicates"),
    inconsistent,
    outOfOrder: [...outOfOrder.values()].reduce((sum, count) => sum + count, 0),
    partitions: changed.map(({ month }) => month),
  };
}

/** What a Parquet file's metadata say of its origin. */
function provenanceOf(metadata: Readonly<Record<string, string>>): Pick<Provenance, "source"> {
  const told = Object.entries(metadata).filter(([name]) => /^(source|licen[cs]e)/.test(name)).sort();
  return told.length > 0 ? { source: Object.fromEntries(told) } : {};
}

/** What an import does to one month. */
interface MonthPlan {
  readonly month: string;
  readonly path: string;
  /** Null where the month is new. */
  readonly sidecar: Sidecar | null;
  /** Candles of the file in this month, and rows that repeated one of them. */
  readonly rows: number;
  readonly duplicates: number;
  readonly added: number;
  readonly revised: number;
}

/** Compares the file with what is kept of its months. Writes nothing. */
async function planMonths(
  database: Database,
  root: string,
  { file, name }: CandleFile,
  options: ImportOptions,
): Promise<MonthPlan[]> {
  const months = await rowsOf(database, `select distinct strftime(open_time, '%Y-%m') as month from ${INCOMING}`);
  const partitions = new Map(
    await Promise.all(months.map(async ({ month }) => {
      const path = partitionPath(root, { ...name, month: String(month) }, options.kind);
      return [String(month), { path, sidecar: await intactSidecar(path) }] as const;
    })),
  );
  const kept = [...partitions.values()].filter(({ sidecar }) => sidecar !== null).map(({ path }) => path);
  const keptRows = kept.length > 0 ? parquet(kept) : `(from ${INCOMING} limit 0)`;
  const values = (table: string) => `(${VALUE_COLUMNS.map((column) => `${table}.${column}`).join(", ")})`;
  const changed = `k.open_time is not null and ${values("i")} is distinct from ${values("k")}`;
  const compared = await rowsOf(
    database,
    `select strftime(i.open_time, '%Y-%m') as month, count(*)::double as rows, (sum(i.copies) - count(*))::double as duplicates,
       count(*) filter (k.open_time is null)::double as added, count(*) filter (${changed})::double as revised,
       epoch_ms(min(i.open_time) filter (${changed}))::double as first
     from ${INCOMING} i left join ${keptRows} k using (open_time) group by month order by month`,
  ) as { month: string; rows: number; duplicates: number; added: number; revised: number; first: number }[];
  const revised = compared.reduce((sum, row) => sum + row.revised, 0);
  if (revised > 0 && !options.revise) {
    const first = formatTimestamp(compared.find((row) => row.revised > 0)!.first as TimestampMs);
    throw new InputError(
      "import",
      `${file.name} differs from ${revised} candles that are kept already, the first of ${first}: import with --revise to let the file win`,
    );
  }
  return compared.map(({ first: _, ...counts }) => ({ ...counts, ...partitions.get(counts.month)! }));
}

/** The sidecar of a partition, whose bytes are what was written: what is merged with must be sound. */
async function intactSidecar(path: string): Promise<Sidecar | null> {
  const sidecar = await readSidecar(path);
  if (sidecar !== null && await sha256OfFile(path) !== sidecar.sha256) {
    throw damaged(path, "does not have the bytes that were written");
  }
  return sidecar;
}

async function writeMonth(
  database: Database,
  name: SourceName,
  { month, path, sidecar, duplicates }: MonthPlan,
  provenance: Provenance,
  outOfOrder: number,
): Promise<void> {
  const columns = `open_time, ${VALUE_COLUMNS.join(", ")}`;
  const incoming = `select ${columns} from ${INCOMING} where strftime(open_time, '%Y-%m') = ${literal(month)}`;
  const rest = sidecar === null
    ? ""
    : ` union all select ${columns} from ${parquet([path])} where open_time not in (select open_time from ${INCOMING})`;
  await database.connection.run(
    `create or replace temp table month as from (${incoming}${rest}) order by open_time`,
  );
  const candles = await candleValues(database, "month");
  const before = sidecar?.quality;
  await writePartition(database, path, "from month", {
    rows: candles.openTimeMs.length,
    firstOpenMs: candles.openTimeMs[0]!,
    lastOpenMs: candles.openTimeMs.at(-1)!,
    provenance: [...(sidecar?.provenance ?? []), provenance],
    quality: candleQuality(candles, name.timeframe, {
      duplicates: (before?.duplicates ?? 0) + duplicates,
      outOfOrder: (before?.outOfOrder ?? 0) + outOfOrder,
    }),
  });
}
