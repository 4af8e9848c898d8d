import type { DuckDBConnection, DuckDBMaterializedResult } from "@duckdb/node-api";
import { type Table, tableFromArrays } from "apache-arrow";
import { CodedError, InputError } from "../errors/mod.ts";
import {
  type CandleColumns,
  type CandleQuery,
  type CandleSource,
  type FeedSource,
  type FundingColumns,
  type Instrument,
  VALUE_COLUMNS,
} from "../market/mod.ts";
import { formatTimestamp, isCoarserOrEqual, type Timeframe, timeframe as checkedTimeframe } from "../time/mod.ts";
import { arrowTable } from "./arrow_table.ts";
import { folderOf, writeWhole } from "./atomic_file.ts";
import { type CandleValues, candleValues, parquet } from "./candle_values.ts";
import { isBucketUrl } from "./bucket_options.ts";
import { everyPartition, filesOf, type Holding, holdingsOf } from "./catalog.ts";
import { checkLake, type LakeCheck } from "./check_lake.ts";
import { type Database, literal } from "./duckdb.ts";
import { type CandleRevision, type FetchedSpan, readFetchRecord } from "./fetch_record.ts";
import { fundingFiles, type FundingHolding, fundingHoldings, fundingOf, readSettlements } from "./funding_file.ts";
import { type LakeRoot, storageOf } from "./lake_root.ts";
import { listedExchanges, type ListedMarket, readListings } from "./listings_file.ts";
import type { CandleKind } from "./partition.ts";
import { type Quarantined, quarantineDamaged } from "./quarantine.ts";
import { SoundFiles } from "./sound_files.ts";
import type { Storage } from "./storage.ts";

/**
 * Candles in Parquet files of one month each, and what venues publish beside them, below one folder, read through DuckDB.
 * Readers take no lock: a file is replaced whole.
 */
export class Lake implements CandleSource, FeedSource {
  #database: Promise<Database> | null = null;
  readonly #inUse = new Set<Promise<unknown>>();

  readonly #storage: Storage;
  readonly #sound: SoundFiles;

  /** @param root The lake's folder, which need not exist yet, or the address of its bucket. */
  constructor(root: LakeRoot) {
    this.#storage = storageOf(root);
    this.#sound = new SoundFiles(this.#storage);
  }

  /** How the lake's place is written. */
  get root(): string {
    return this.#storage.root;
  }

  /**
   * Candles of a market with open times in the query's range.
   *
   * @throws {InputError} `candles` when there are none, naming what the lake has.
   */
  async candles(query: CandleQuery): Promise<CandleColumns> {
    return this.#columns(query, query.timeframe, await this.#read(query, (relation) => relation));
  }

  /**
   * Candles of a contract's mark price with open times in the query's range; they have no volume.
   *
   * @throws {InputError} `mark` when there are none, naming what the lake has.
   */
  async mark(query: CandleQuery): Promise<CandleColumns> {
    return this.#columns(query, query.timeframe, await this.#read(query, (relation) => relation, "mark"));
  }

  /**
   * All settlements of a contract's funding.
   *
   * @throws {InputError} `funding` when there are none, naming what the lake has.
   */
  async funding(market: Instrument): Promise<FundingColumns> {
    const settlements = await this.#use((database) => readSettlements(this.#storage, database, market));
    if (settlements.length > 0) return fundingOf(market, settlements);
    const there = (await this.fundingList()).map(({ exchange, symbol }) => `${exchange}:${symbol}`).join(", ");
    throw new InputError(
      "funding",
      `the lake has no funding of ${market.id}${there && `, but of ${there}`}: ${IMPORT_ADVICE.funding}`,
    );
  }

  /** The same candles as an Arrow table: `openTimeMs` and the five values, all float64. */
  async candlesArrow(query: CandleQuery): Promise<Table> {
    const { openTimeMs, open, high, low, close, volume } = await this.candles(query);
    return tableFromArrays({ openTimeMs, open, high, low, close, volume });
  }

  /**
   * Candles of a coarser timeframe, computed in SQL: bit for bit what `resample` of the market module makes of the same
   * candles, as volumes are added in time order.
   *
   * @throws {InputError} `resample` when the timeframe does not hold whole candles; `candles` when there are none.
   */
  async resampled(query: CandleQuery, coarser: Timeframe): Promise<CandleColumns> {
    if (!isCoarserOrEqual(coarser, query.timeframe)) {
      throw new InputError(
        "resample",
        `${query.timeframe} candles cannot be made into ${coarser}: choose a coarser one`,
      );
    }
    const values = await this.#read(
      query,
      (relation) =>
        `(select ${bucketSql(coarser)} as bucket, first(open order by open_time) as open, max(high) as high,
          min(low) as low, last(close order by open_time) as close,
          list_reduce(list(volume order by open_time), lambda sum, next: sum + next) as volume
        from ${relation} group by bucket order by bucket) buckets(open_time)`,
    );
    return this.#columns(query, coarser, values);
  }

  /**
   * Any query over the views `candles` and `mark` (exchange, symbol, timeframe, open_time, open, high, low, close, volume)
   * and `funding` (exchange, symbol, time, rate, interval_ms, mark_price), each there when the lake has something of it,
   * as an Arrow table; of several statements, what the last one gives. It reads files of the lake's folder only, and
   * writes none.
   *
   * @throws {InputError} `sql` when it cannot be run; `lake` when there is nothing yet.
   */
  async sql(text: string): Promise<Table> {
    const views = [
      ...await this.#candleView("candles"),
      ...await this.#candleView("mark"),
      ...viewOf("funding", "time, rate, interval_ms, mark_price", await this.#fundingFiles()),
    ];
    if (views.length === 0) {
      throw new InputError("lake", "the lake has no candles yet: import some with the candles command");
    }
    return await this.#use(async ({ connection }) => {
      for (const view of views) await connection.run(view);
      try {
        return await arrowTable(await runQuery(connection, text));
      } catch (cause) {
        if (cause instanceof InputError) throw cause;
        throw new InputError("sql", `the SQL cannot be run: ${(cause as Error).message}`, { cause });
      }
    });
  }

  async #fundingFiles(): Promise<string[]> {
    const files = await fundingFiles(this.#storage);
    await this.#sound.require(files);
    return files;
  }

  async #candleView(kind: CandleKind): Promise<string[]> {
    const files = (await everyPartition(this.#storage, kind)).map(({ path }) => path);
    await this.#sound.require(files);
    return viewOf(kind, `timeframe, open_time, ${VALUE_COLUMNS.join(", ")}`, files);
  }

  /** When markets were listed and delisted, by exchange and symbol; of one exchange, or of all. */
  async listings(exchange?: string): Promise<ListedMarket[]> {
    const names = exchange === undefined ? await listedExchanges(this.#storage) : [exchange];
    return await this.#use(async (database) => {
      const found: ListedMarket[] = [];
      for (const name of names) found.push(...await readListings(this.#storage, database, name));
      return found;
    });
  }

  /** What there is, by exchange, symbol and timeframe. */
  async list(kind: CandleKind = "candles"): Promise<Holding[]> {
    return await holdingsOf(this.#storage, kind);
  }

  /** Of which contracts there is funding, by exchange and symbol. */
  async fundingList(): Promise<FundingHolding[]> {
    return await fundingHoldings(this.#storage);
  }

  /**
   * The exchange whose candles are meant when nobody named one: the only one that has the market.
   *
   * @throws {InputError} `timeframe` for a text that is none, `candles` or `mark` when none has it, or several do.
   */
  async exchangeOf(symbol: string, timeframe: string, kind: CandleKind = "candles"): Promise<string> {
    checkedTimeframe(timeframe);
    const holdings = await this.list(kind);
    const having = holdings.filter((held) => held.symbol === symbol && held.timeframe === timeframe);
    const what = `${timeframe} candles of ${kind === "mark" ? "the mark price of " : ""}${symbol}`;
    const there = holdings.map((held) => `${held.symbol} ${held.timeframe}`);
    return onlyExchange(kind, what, having, there, IMPORT_ADVICE[kind]);
  }

  /** The same of funding. @throws {InputError} `funding` when no exchange has it, or several do. */
  async fundingExchangeOf(symbol: string): Promise<string> {
    const holdings = await this.fundingList(), having = holdings.filter((held) => held.symbol === symbol);
    const there = holdings.map((held) => held.symbol);
    return onlyExchange("funding", `funding of ${symbol}`, having, there, IMPORT_ADVICE.funding);
  }

  /** Reads every partition again and compares it with its sidecar. */
  async check(): Promise<LakeCheck> {
    return await this.#use((database) => checkLake(this.#storage, database));
  }

  /** Sets aside every damaged file, so that its sources can be imported or fetched again. */
  async quarantine(): Promise<Quarantined[]> {
    return await this.#use((database) => quarantineDamaged(this.#storage, database));
  }

  /**
   * Writes candles to a Parquet or CSV file, by its ending; times are UTC. A Parquet file names its market in its
   * metadata, so it can be imported again without further words.
   *
   * @returns How many candles were written.
   * @throws {InputError} `export` when the path cannot be written, or is the lake's own; `candles` when there are none.
   */
  async export(query: CandleQuery, path: string): Promise<number> {
    const format = /\.(parquet|csv)$/i.exec(path)?.[1]?.toLowerCase();
    if (!format) throw new InputError("export", `${path} ends neither in .parquet nor in .csv: choose one`);
    const files = await filesOf(this.#storage, query);
    const { length } = await this.candles(query);
    const { instrument: { exchange, symbol }, timeframe } = query;
    const options = format === "csv"
      ? "format csv, header, timestampformat '%Y-%m-%dT%H:%M:%SZ'"
      : `format parquet, compression zstd, kv_metadata {exchange: ${literal(exchange)}, symbol: ${
        literal(symbol)
      }, timeframe: ${literal(timeframe)}}`;
    await this.#refuseOwnFolders(path);
    const borrowed = query.ownOnly ? await this.#borrowed(query) : [];
    const rows = `select open_time, ${VALUE_COLUMNS.join(", ")} from ${inRange(files, query, borrowed)}`;
    const database = await this.#storage.database([folderOf(path)], 1);
    try {
      await writeWhole(
        path,
        (temporary) => database.connection.run(`copy (${rows}) to ${literal(temporary)} (${options})`),
      );
    } catch (cause) {
      throw unwritable(path, cause);
    } finally {
      database.close();
    }
    return length;
  }

  /** Gives DuckDB's memory back, once what still reads has read. The lake can be used again; it opens anew. */
  async close(): Promise<void> {
    const database = this.#database, readers = [...this.#inUse];
    this.#database = null;
    await Promise.allSettled(readers); // DuckDB that is closed below a query takes the whole process down
    (await database)?.close();
  }

  /** Refuses to write over what the lake itself keeps. */
  async #refuseOwnFolders(path: string): Promise<void> {
    if (isBucketUrl(this.root)) return; // nothing of this machine is a bucket's
    const root = await Deno.realPath(this.root);
    const folder = await Deno.realPath(folderOf(path)).catch((cause) => {
      throw unwritable(path, cause);
    });
    if (["candles", "mark", "funding", "listings", "runs"].some((own) => `${folder}/`.startsWith(`${root}/${own}/`))) {
      throw new InputError("export", `${path} lies among the lake's own files: choose another folder`);
    }
  }

  /** Works on the lake's database, which stays open until the work is done. */
  async #use<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const working = (this.#database ??= this.#storage.database()).then(work);
    this.#inUse.add(working);
    try {
      return await working;
    } finally {
      this.#inUse.delete(working);
    }
  }

  async #read(
    query: CandleQuery,
    over: (relation: string) => string,
    kind: CandleKind = "candles",
  ): Promise<CandleValues> {
    const files = await filesOf(this.#storage, query, kind);
    if (files.length === 0) throw await this.#nothing(query, kind);
    await this.#sound.require(files);
    let values: CandleValues;
    try {
      const borrowed = query.ownOnly ? await this.#borrowed(query) : [];
      values = await this.#use((database) => candleValues(database, over(inRange(files, query, borrowed))));
    } catch (cause) {
      const what = `${query.timeframe} candles of ${query.instrument.id}`;
      throw new CodedError("partition-damaged", `${what} cannot be read: run candles check`, { cause });
    }
    if (values.openTimeMs.length === 0) throw await this.#nothing(query, kind);
    return values;
  }

  /** What venues told otherwise later of candles in the query's range, in the order in which that was seen. */
  async revisions({ instrument: { exchange, symbol }, timeframe, from, to }: CandleQuery): Promise<CandleRevision[]> {
    const { revisions } = await readFetchRecord(this.#storage, { exchange, symbol, timeframe });
    const isInRange = ({ openTimeMs }: CandleRevision) =>
      openTimeMs >= (from ?? -Infinity) && openTimeMs < (to ?? Infinity);
    return revisions.filter(isInRange);
  }

  /** Stretches that were fetched, by time, each with the one provider that gave them. */
  async fetched({ instrument: { exchange, symbol }, timeframe }: CandleQuery): Promise<readonly FetchedSpan[]> {
    return (await readFetchRecord(this.#storage, { exchange, symbol, timeframe })).spans;
  }

  /** Stretches that another venue than the market's own gave. */
  async #borrowed(query: CandleQuery): Promise<FetchedSpan[]> {
    return (await this.fetched(query)).filter(({ provider }) => provider !== query.instrument.exchange);
  }

  #columns({ instrument }: CandleQuery, timeframe: Timeframe, values: CandleValues): CandleColumns {
    return { instrument, timeframe, length: values.openTimeMs.length, ...values };
  }

  async #nothing({ instrument, timeframe, from, to }: CandleQuery, kind: CandleKind): Promise<InputError> {
    const holdings = await this.list(kind);
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
      : IMPORT_ADVICE[kind];
    const what = kind === "mark" ? `${timeframe} candles of the mark price` : `${timeframe} candles`;
    return new InputError(kind, `the lake has no ${what} of ${instrument.id}${between}: ${advice}`);
  }
}

/** The statement that makes a view of files, if there are any; exchange, symbol and timeframe are the folders' names. */
function viewOf(name: string, columns: string, files: readonly string[]): string[] {
  return files.length === 0 ? [] : [
    `create or replace temp view ${name} as select exchange, symbol, ${columns}
     from read_parquet([${files.map(literal).join(", ")}], hive_partitioning = true, hive_types_autocast = false)`,
  ];
}

/** What to do where there is nothing. */
const IMPORT_ADVICE = {
  candles: "import some with the candles command, or run the demo",
  mark: "import them with candles import FILE --kind mark",
  funding: "import it with candles import FILE --kind funding",
};

function onlyExchange(
  code: string,
  what: string,
  having: readonly { readonly exchange: string }[],
  there: readonly string[],
  advice: string,
): string {
  if (having.length === 1) return having[0]!.exchange;
  if (having.length > 1) {
    const names = having.map(({ exchange }) => exchange).join(" and ");
    throw new InputError(code, `${names} both have ${what}: name one with --exchange`);
  }
  const known = [...new Set(there)].join(", ");
  throw new InputError(code, `the lake has no ${what}: ${known ? `it has ${known}` : advice}`);
}

function unwritable(path: string, cause: unknown): InputError {
  return new InputError("export", `${path} cannot be written: choose a folder that exists and may be written`, {
    cause,
  });
}

async function runQuery(connection: DuckDBConnection, text: string): Promise<DuckDBMaterializedResult> {
  const { StatementType: { SELECT, CREATE, DROP } } = await import("@duckdb/node-api");
  const statements = await connection.extractStatements(text);
  let result: DuckDBMaterializedResult;
  for (let i = 0; i < statements.count; i++) {
    const statement = await statements.prepare(i); // one by one, as one may need what the one before has made
    // Others, as COPY or ATTACH, could write over the lake's own files.
    if (![SELECT, CREATE, DROP].includes(statement.statementType)) {
      throw new InputError("sql", "the SQL is no query: use SELECT, and the export of candles to write a file");
    }
    result = await statement.run();
  }
  return result!; // where there is no statement, the extraction has failed
}

/** Candles of partitions with open times in [`from`, `to`), in the order of time. */
function inRange(files: readonly string[], { from, to }: CandleQuery, without: readonly FetchedSpan[] = []): string {
  const bounds = [
    ...(from === undefined ? [] : [`open_time >= make_timestamp(${from * 1000})`]),
    ...(to === undefined ? [] : [`open_time < make_timestamp(${to * 1000})`]),
    ...without.map(({ fromMs, toMs }) =>
      `not (open_time >= make_timestamp(${fromMs * 1000}) and open_time < make_timestamp(${toMs * 1000}))`
    ),
  ];
  return bounds.length === 0 ? parquet(files) : `(from ${parquet(files)} where ${bounds.join(" and ")})`;
}

/** The open time of the coarse candle that holds `open_time`. */
function bucketSql(coarser: Timeframe): string {
  const [, count, unit] = /^(\d+)([mhdwM])$/.exec(coarser)!;
  const name = { m: "minutes", h: "hours", d: "days", w: "weeks", M: "months" }[unit as "m"];
  const origin = unit === "w" ? "timestamp '1970-01-05'" : "timestamp '1970-01-01'";
  return `time_bucket(interval '${count} ${name}', open_time, ${origin})`;
}
