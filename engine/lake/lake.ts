import { type Table, tableFromArrays } from "apache-arrow";
import { CodedError, InputError } from "../errors/mod.ts";
import {
  type CandleColumns,
  candleQuality,
  type CandleQuery,
  type CandleSource,
  missingBetween,
  VALUE_COLUMNS,
} from "../market/mod.ts";
import { formatTimestamp, isCoarserOrEqual, type Timeframe, timeframe, type TimestampMs } from "../time/mod.ts";
import { exists, sha256OfFile } from "./atomic_file.ts";
import { type Database, doubleLists, literal, openDatabase } from "./duckdb.ts";
import { partitionFolder, partitionPath, readSidecar, type Sidecar } from "./partition.ts";

/** The candles of one market and timeframe that the lake has. */
export interface Holding {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly rows: number;
  readonly partitions: number;
  readonly firstOpenMs: TimestampMs;
  readonly lastOpenMs: TimestampMs;
  /** Sums over the partitions. */
  readonly missing: number;
  readonly zeroVolume: number;
  readonly outliers: number;
  readonly duplicates: number;
  readonly revised: number;
}

/** Something wrong with a partition. */
export interface Issue {
  readonly partition: string;
  readonly problem: string;
}

/**
 * Candles in Parquet files of one month each, below one folder, read through DuckDB. Readers take no lock: a month is
 * replaced whole.
 */
export class Lake implements CandleSource {
  #database: Database | null = null;

  /** @param root The lake's folder; it need not exist yet. */
  constructor(readonly root: string) {}

  async candles(query: CandleQuery): Promise<CandleColumns> {
    const { instrument, timeframe } = query;
    const files = await this.#files(query);
    if (files.length === 0) throw await this.#nothing(query);
    const [openTimeMs, open, high, low, close, volume] = await doubleLists(
      await this.#open(),
      `select ${listsOf(["ms", ...VALUE_COLUMNS])} from (select epoch_ms(open_time)::double as ms, * from ${
        parquet(files)
      } ${range(query)})`,
    ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
    if (openTimeMs.length === 0) throw await this.#nothing(query);
    return { instrument, timeframe, length: openTimeMs.length, openTimeMs, open, high, low, close, volume };
  }

  /** The same candles as an Arrow table: `openTimeMs` and the five values, all float64. */
  async candlesArrow(query: CandleQuery): Promise<Table> {
    const { openTimeMs, open, high, low, close, volume } = await this.candles(query);
    return tableFromArrays({ openTimeMs, open, high, low, close, volume });
  }

  /**
   * Candles of a coarser timeframe, computed in SQL; equal to `resample` of the market module, volumes added in time
   * order. Fixed lengths, weeks and months alike.
   */
  async resampled(query: CandleQuery, coarser: Timeframe): Promise<CandleColumns> {
    if (!isCoarserOrEqual(coarser, query.timeframe)) {
      throw new InputError(
        "resample",
        `${query.timeframe} candles cannot be made into ${coarser}: choose a coarser one`,
      );
    }
    const files = await this.#files(query);
    if (files.length === 0) throw await this.#nothing(query);
    const ordered = (aggregate: string) => `${aggregate} order by open_time`;
    const [openTimeMs, open, high, low, close, volume] = await doubleLists(
      await this.#open(),
      `select ${listsOf(["ms", ...VALUE_COLUMNS])} from (
         select epoch_ms(${bucketSql(coarser)})::double as ms, first(${ordered("open")}) as open, max(high) as high,
           min(low) as low, last(${ordered("close")}) as close, list_reduce(list(${
        ordered("volume")
      }), lambda a, b: a + b) as volume
         from ${parquet(files)} ${range(query)} group by ms)`,
    ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
    return {
      instrument: query.instrument,
      timeframe: coarser,
      length: openTimeMs.length,
      openTimeMs,
      open,
      high,
      low,
      close,
      volume,
    };
  }

  /**
   * Any SQL over the view `candles(exchange, symbol, timeframe, open_time, open, high, low, close, volume)`, as an Arrow
   * table. For notebooks, whose author is its own operator; nothing else passes text in here.
   */
  async sql(text: string): Promise<Table> {
    const database = await this.#open();
    const files = (await this.#everyPartition()).map(({ path }) => path);
    if (files.length === 0) {
      throw new InputError("lake", "the lake has no candles yet: import some with the candles command");
    }
    await database.connection.run(
      `create or replace temp view candles as select url_decode(exchange) as exchange, url_decode(symbol) as symbol, timeframe,
       open_time, ${VALUE_COLUMNS.join(", ")} from read_parquet([${
        files.map(literal).join(", ")
      }], hive_partitioning = true)`,
    );
    const reader = await database.connection.runAndReadAll(text);
    const columns = reader.getColumnsJS();
    const plain = (value: unknown) => typeof value === "bigint" ? Number(value) : value;
    return tableFromArrays(
      Object.fromEntries(reader.columnNames().map((name, i) => [name, columns[i]!.map(plain)])) as Record<
        string,
        unknown[]
      >,
    );
  }

  /** What there is, by exchange, symbol and timeframe. */
  async list(): Promise<Holding[]> {
    const holdings = new Map<string, Holding>();
    for (const { path, exchange, symbol, timeframe } of await this.#everyPartition()) {
      const sidecar = await readSidecar(path);
      if (sidecar === null) continue;
      const key = `${exchange} ${symbol} ${timeframe}`;
      holdings.set(key, added(holdings.get(key), { exchange, symbol, timeframe }, sidecar));
    }
    return [...holdings.values()];
  }

  /**
   * The exchange whose candles are meant when nobody named one: the only one that has the market.
   *
   * @throws {InputError} `candles` when none has it, or several do.
   */
  async exchangeOf(symbol: string, timeframe: string): Promise<string> {
    const holdings = await this.list();
    const having = holdings.filter((held) => held.symbol === symbol && held.timeframe === timeframe);
    if (having.length === 1) return having[0]!.exchange;
    if (having.length > 1) {
      const names = having.map(({ exchange }) => exchange).join(" and ");
      throw new InputError("candles", `${names} both have ${timeframe} candles of ${symbol}: name one with --exchange`);
    }
    const there = [...new Set(holdings.map((held) => `${held.symbol} ${held.timeframe}`))].join(", ");
    throw new InputError(
      "candles",
      `the lake has no ${timeframe} candles of ${symbol}: ${
        there ? `it has ${there}` : "import some with the candles command, or run the demo"
      }`,
    );
  }

  /** Reads every partition again and compares it with its sidecar: digest, rows, range and quality. */
  async check(): Promise<{ partitions: number; rows: number; issues: Issue[] }> {
    const database = await this.#open();
    const issues: Issue[] = [];
    let rows = 0;
    const partitions = await this.#everyPartition();
    for (const { path, timeframe } of partitions) {
      const partition = path.slice(this.root.length + 1);
      const problem = await this.#problemOf(database, path, timeframe).catch((error: unknown) =>
        error instanceof CodedError ? error.message : "cannot be read: import its source again"
      );
      if (typeof problem === "string") issues.push({ partition, problem });
      else rows += problem.rows;
    }
    return { partitions: partitions.length, rows, issues };
  }

  /** Writes candles to a Parquet or CSV file, by its ending; times as ISO text in CSV. */
  async export(query: CandleQuery, path: string): Promise<number> {
    const format = /\.(parquet|csv)$/i.exec(path)?.[1]?.toLowerCase();
    if (!format) throw new InputError("export", `${path} ends neither in .parquet nor in .csv: choose one`);
    const candles = await this.candles(query);
    const options = format === "csv" ? "format csv, header" : "format parquet, compression zstd";
    const database = await openDatabase(1);
    try {
      await database.connection.run(
        `copy (select open_time, ${VALUE_COLUMNS.join(", ")} from ${parquet(await this.#files(query))} ${
          range(query)
        } order by open_time)
         to ${literal(path)} (${options})`,
      );
    } finally {
      database.close();
    }
    return candles.length;
  }

  close(): void {
    this.#database?.close();
    this.#database = null;
  }

  async #open(): Promise<Database> {
    return this.#database ??= await openDatabase(0);
  }

  /** Files of the months that a query touches. */
  async #files(query: CandleQuery): Promise<string[]> {
    const { instrument: { exchange, symbol }, from, to } = query;
    const key = { exchange, symbol, timeframe: query.timeframe };
    const folder = partitionFolder(this.root, key);
    if (!await exists(folder)) return [];
    const month = (time: TimestampMs) => new Date(time).toISOString().slice(0, 7);
    const months: string[] = [];
    for await (const entry of Deno.readDir(folder)) {
      const found = /^month=(\d{4}-\d{2})\.parquet$/.exec(entry.name)?.[1];
      if (found && (from === undefined || found >= month(from)) && (to === undefined || found <= month(to))) {
        months.push(found);
      }
    }
    return months.sort().map((found) => partitionPath(this.root, { ...key, month: found }));
  }

  async #everyPartition(): Promise<{ path: string; exchange: string; symbol: string; timeframe: Timeframe }[]> {
    const found: { path: string; exchange: string; symbol: string; timeframe: Timeframe }[] = [];
    const inner = async (folder: string, prefix: string): Promise<string[]> => {
      if (!await exists(folder)) return [];
      const names: string[] = [];
      for await (const entry of Deno.readDir(folder)) if (entry.name.startsWith(prefix)) names.push(entry.name);
      return names.sort();
    };
    const value = (name: string) => decodeURIComponent(name.slice(name.indexOf("=") + 1));
    const root = `${this.root}/candles`;
    for (const exchange of await inner(root, "exchange=")) {
      for (const symbol of await inner(`${root}/${exchange}`, "symbol=")) {
        for (const length of await inner(`${root}/${exchange}/${symbol}`, "timeframe=")) {
          const folder = `${root}/${exchange}/${symbol}/${length}`;
          for (const file of await inner(folder, "month=")) {
            if (!file.endsWith(".parquet")) continue;
            found.push({
              path: `${folder}/${file}`,
              exchange: value(exchange),
              symbol: value(symbol),
              timeframe: timeframe(value(length)),
            });
          }
        }
      }
    }
    return found;
  }

  async #problemOf(database: Database, path: string, timeframe: Timeframe): Promise<string | { rows: number }> {
    const sidecar = await readSidecar(path);
    if (sidecar === null) return "is gone: import its source again";
    if (await sha256OfFile(path) !== sidecar.sha256) {
      return "its bytes are not those that were written: import its source again";
    }
    const [openTimeMs, close, volume] = await doubleLists(
      database,
      `select ${listsOf(["ms", "close", "volume"])} from (select epoch_ms(open_time)::double as ms, * from ${
        parquet([path])
      })`,
    ) as [Float64Array, Float64Array, Float64Array];
    const { duplicates, outOfOrder } = sidecar.quality;
    const quality = candleQuality({ openTimeMs, close, volume }, timeframe, { duplicates, outOfOrder });
    const same = openTimeMs.length === sidecar.rows && openTimeMs[0] === sidecar.firstOpenMs &&
      JSON.stringify(quality) === JSON.stringify(sidecar.quality);
    return same ? { rows: sidecar.rows } : "does not hold what its sidecar says: import its source again";
  }

  async #nothing({ instrument, timeframe, from, to }: CandleQuery): Promise<InputError> {
    const holdings = await this.list();
    const own = holdings.filter((held) => held.symbol === instrument.symbol && held.exchange === instrument.exchange);
    const exact = own.find((held) => held.timeframe === timeframe);
    const between = `${from === undefined ? "" : ` from ${formatTimestamp(from)}`}${
      to === undefined ? "" : ` to ${formatTimestamp(to)}`
    }`;
    const advice = exact
      ? `they reach from ${formatTimestamp(exact.firstOpenMs)} to ${formatTimestamp(exact.lastOpenMs)}`
      : own.length > 0
      ? `there are ${own.map((held) => held.timeframe).join(", ")}`
      : holdings.length > 0
      ? `there are ${[...new Set(holdings.map((held) => `${held.exchange} ${held.symbol}`))].join(", ")}`
      : "import some with the candles command, or run the demo";
    return new InputError("candles", `the lake has no ${timeframe} candles of ${instrument.id}${between}: ${advice}`);
  }
}

function added(
  before: Holding | undefined,
  name: Pick<Holding, "exchange" | "symbol" | "timeframe">,
  sidecar: Sidecar,
): Holding {
  const { quality } = sidecar;
  return {
    ...name,
    rows: (before?.rows ?? 0) + sidecar.rows,
    partitions: (before?.partitions ?? 0) + 1,
    firstOpenMs: (before?.firstOpenMs ?? sidecar.firstOpenMs) as TimestampMs,
    lastOpenMs: sidecar.lastOpenMs as TimestampMs,
    missing: (before ? before.missing + missingBetween(before.lastOpenMs, sidecar.firstOpenMs, name.timeframe) : 0) +
      quality.missing,
    zeroVolume: (before?.zeroVolume ?? 0) + quality.zeroVolume,
    outliers: (before?.outliers ?? 0) + quality.outliers,
    duplicates: (before?.duplicates ?? 0) + quality.duplicates,
    revised: (before?.revised ?? 0) + sidecar.revised,
  };
}

function parquet(files: readonly string[]): string {
  return `read_parquet([${files.map(literal).join(", ")}], hive_partitioning = false)`;
}

function listsOf(columns: readonly string[]): string {
  return columns.map((column) => `list(${column} order by ms)`).join(", ");
}

function range({ from, to }: CandleQuery): string {
  const bounds = [
    ...(from === undefined ? [] : [`open_time >= make_timestamp(${from * 1000})`]),
    ...(to === undefined ? [] : [`open_time < make_timestamp(${to * 1000})`]),
  ];
  return bounds.length > 0 ? `where ${bounds.join(" and ")}` : "";
}

/** The open time of the coarse candle that holds `open_time`. */
function bucketSql(coarser: Timeframe): string {
  const [, count, unit] = /^(\d+)([mhdwM])$/.exec(coarser)!;
  const name = { m: "minutes", h: "hours", d: "days", w: "weeks", M: "months" }[unit as "m"];
  const origin = unit === "w" ? "timestamp '1970-01-05'" : "timestamp '1970-01-01'";
  return `time_bucket(interval '${count} ${name}', open_time, ${origin})`;
}
