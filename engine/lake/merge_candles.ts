// Puts checked candles into the months they belong to, whatever they came from.
import { InputError } from "../errors/mod.ts";
import { VALUE_COLUMNS } from "../market/mod.ts";
import { formatTimestamp, type TimestampMs } from "../time/mod.ts";
import { INCOMING } from "./candle_file.ts";
import { candleValues, parquet } from "./candle_values.ts";
import { type Database, literal, rowsOf } from "./duckdb.ts";
import { LastMonth, MONTH } from "./last_month.ts";
import { type CandleKind, damaged, partitionPath, readSidecar, settlePartition, type Sidecar } from "./partition.ts";
import { type Provenance, type ProvenanceCounts, withProvenance } from "./provenance.ts";
import type { SourceName } from "./source_name.ts";
import { digestOf, type Storage } from "./storage.ts";

/** What is known of the candles in the table {@linkcode INCOMING}. */
export interface Incoming {
  readonly name: SourceName;
  /** What they came from, for messages. */
  readonly source: string;
  /** Rows that went back in time, by month. */
  readonly outOfOrder?: ReadonlyMap<string, number>;
  /** What is to be remembered of their origin; asked when something changes. */
  readonly provenance: (counts: ProvenanceCounts) => Promise<Provenance>;
}

/** How they are put in. */
export interface MergeOptions {
  readonly kind?: CandleKind;
  /** Let them win where they differ from candles that are kept already; counted as revisions. */
  readonly revise?: boolean;
}

/** What a merge came to. */
export interface MergedCandles {
  /** Candles that the lake did not have. */
  readonly added: number;
  readonly revised: number;
  readonly duplicates: number;
  /** Months that were written. */
  readonly partitions: readonly string[];
}

/** A month of which something came in. */
interface IncomingMonth {
  readonly month: string;
  /** Its first open time, in milliseconds. */
  readonly first: number;
}

/** What a merge does to one month. */
interface MonthPlan extends ProvenanceCounts {
  readonly month: string;
  readonly path: string;
  /** Null where the month is new. */
  readonly sidecar: Sidecar | null;
  /** True where all that came in is later than what is kept. */
  readonly isAppended: boolean;
  /** Rows that repeated another one exactly. */
  readonly duplicates: number;
}

/**
 * Merges {@linkcode INCOMING} into the lake. All of its months are compared before the first is written, and nobody else
 * writes them meanwhile.
 *
 * @param last Remembers what this database merged last.
 * @throws {InputError} `import` when candles differ from what is kept and may not revise it.
 */
export async function mergeCandles(
  storage: Storage,
  database: Database,
  incoming: Incoming,
  options: MergeOptions,
  last: LastMonth = new LastMonth(storage),
): Promise<MergedCandles> {
  const months = await rowsOf(
    database,
    `select strftime(open_time, '%Y-%m') as month, epoch_ms(min(open_time))::double as first from ${INCOMING}
     group by month order by month`,
  ) as unknown as IncomingMonth[];
  const pathOf = (month: string) => partitionPath(storage.root, { ...incoming.name, month }, options.kind);
  return await storage.exclusively(months.map(({ month }) => pathOf(month)), async () => {
    const plans = await planMonths(storage, database, incoming, months, pathOf, options);
    const changed = plans.filter(({ added, revised }) => added + revised > 0);
    for (const plan of changed) await writeMonth(database, incoming, plan, last);
    const total = (what: "added" | "revised" | "duplicates") => plans.reduce((sum, plan) => sum + plan[what], 0);
    return {
      added: total("added"),
      revised: total("revised"),
      duplicates: total("duplicates"),
      partitions: changed.map(({ month }) => month),
    };
  });
}

/** Compares what came in with what is kept of its months. Of what is kept nothing is changed. */
async function planMonths(
  storage: Storage,
  database: Database,
  { source }: Incoming,
  months: readonly IncomingMonth[],
  pathOf: (month: string) => string,
  options: MergeOptions,
): Promise<MonthPlan[]> {
  const partitions = new Map<string, Pick<MonthPlan, "path" | "sidecar" | "isAppended">>();
  for (const { month, first } of months) {
    const path = pathOf(month);
    // A writer that was killed may have left its last step undone, in months to which nothing is added, too.
    await settlePartition(storage, path);
    const sidecar = await intactSidecar(storage, path);
    partitions.set(month, { path, sidecar, isAppended: sidecar !== null && sidecar.lastOpenMs < first });
  }
  // What is only appended to meets nothing that it could differ from.
  const kept = [...partitions.values()].filter(({ sidecar, isAppended }) => sidecar !== null && !isAppended)
    .map(({ path }) => path);
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
      `${source} differs from ${revised} candles that are kept already, the first of ${first}: import with --revise to let the file win`,
    );
  }
  return compared.map(({ first: _, ...counts }) => ({ ...counts, ...partitions.get(counts.month)! }));
}

/** The sidecar of a partition, whose bytes are what was written: what is merged with must be sound. */
async function intactSidecar(storage: Storage, path: string): Promise<Sidecar | null> {
  const sidecar = await readSidecar(storage, path);
  if (sidecar !== null && await digestOf(storage, path) !== sidecar.sha256) {
    throw damaged(path, "does not have the bytes that were written");
  }
  return sidecar;
}

async function writeMonth(
  database: Database,
  { name, outOfOrder, provenance }: Incoming,
  { month, path, sidecar, isAppended, duplicates, rows, added, revised }: MonthPlan,
  last: LastMonth,
): Promise<void> {
  const columns = `open_time, ${VALUE_COLUMNS.join(", ")}`;
  const incoming = `select ${columns} from ${INCOMING} where strftime(open_time, '%Y-%m') = ${literal(month)}`;
  const kept = `select ${columns} from ${parquet([path])}`;
  // What is only appended to is in order as it is, and sorting a month takes longer than reading it.
  const whole = sidecar === null
    ? `${incoming} order by open_time`
    : isAppended
    ? `${kept} union all (${incoming} order by open_time)`
    : `from (${incoming} union all ${kept} where open_time not in (select open_time from ${INCOMING})) order by open_time`;
  last.forget();
  await database.connection.run(`create or replace temp table ${MONTH} as ${whole}`);
  const candles = await candleValues(database, MONTH);
  const before = sidecar?.quality;
  await last.write(database, path, {
    candles,
    timeframe: name.timeframe,
    provenance: withProvenance(sidecar?.provenance ?? [], await provenance({ rows, added, revised })),
    source: {
      duplicates: (before?.duplicates ?? 0) + duplicates,
      outOfOrder: (before?.outOfOrder ?? 0) + (outOfOrder?.get(month) ?? 0),
    },
  });
}
