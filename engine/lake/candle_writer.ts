import { InputError } from "../errors/mod.ts";
import { type CandleColumns, VALUE_COLUMNS } from "../market/mod.ts";
import { barOpen, formatTimestamp, type TimestampMs } from "../time/mod.ts";
import { INCOMING, isPrice, isVolume } from "./candle_file.ts";
import { appendDoubles } from "./duckdb.ts";
import type { Database } from "./duckdb.ts";
import { type LakeRoot, storageOf } from "./lake_root.ts";
import { LastMonth, monthOf } from "./last_month.ts";
import { mergeCandles, type MergedCandles, type MergeOptions } from "./merge_candles.ts";
import type { ProviderProvenance } from "./provenance.ts";
import type { Storage } from "./storage.ts";

/** Who gave candles, and why they were asked for. */
export type CandleOrigin = Pick<ProviderProvenance, "provider" | "how">;

/**
 * Puts candles that somebody has in memory into the lake: what a venue was asked for, what came over its stream. For many
 * batches; {@linkcode storeCandles} is for one.
 */
export class CandleWriter {
  readonly #storage: Storage;
  #database: Promise<Database> | null = null;
  #last: Promise<unknown> = Promise.resolve();
  readonly #month: LastMonth;

  /** @param root The lake's folder, or the address of its bucket. */
  constructor(root: LakeRoot) {
    this.#storage = storageOf(root);
    this.#month = new LastMonth(this.#storage);
  }

  /**
   * Merges candles into the months they belong to, each written whole and durably before this ends; what is kept already
   * changes nothing. Batches of one writer wait for each other.
   *
   * @throws {InputError} `candle-batch` for candles that cannot be true, with nothing written; `import` when they differ
   * from what is kept, unless they may revise it; `disk-full`.
   */
  async store(candles: CandleColumns, origin: CandleOrigin, options: MergeOptions = {}): Promise<MergedCandles> {
    refuseImpossible(candles, origin);
    if (candles.length === 0) return { added: 0, revised: 0, duplicates: 0, partitions: [] };
    const stored = this.#last.then(() => this.#merge(candles, origin, options));
    this.#last = stored.catch(() => {});
    return await stored;
  }

  /** Gives DuckDB's memory back, once what is being stored is stored. */
  async close(): Promise<void> {
    await this.#last;
    const database = this.#database;
    this.#database = null;
    this.#month.forget();
    (await database)?.close();
  }

  async #merge(candles: CandleColumns, origin: CandleOrigin, options: MergeOptions): Promise<MergedCandles> {
    const database = await (this.#database ??= this.#storage.database([], 1));
    if (await this.#month.append(database, candles, origin, options.kind)) {
      return {
        added: candles.length,
        revised: 0,
        duplicates: 0,
        partitions: [monthOf(candles.openTimeMs[0]! as TimestampMs)],
      };
    }
    await makeIncoming(database, candles);
    const { instrument: { exchange, symbol }, timeframe } = candles;
    return await mergeCandles(
      this.#storage,
      database,
      {
        name: { exchange, symbol, timeframe },
        source: `what ${origin.provider} says of ${symbol}`,
        provenance: (counts) => Promise.resolve({ ...origin, ...counts }),
      },
      options,
      this.#month,
    );
  }
}

/** Puts one batch of candles into the lake, see {@linkcode CandleWriter.store}. */
export async function storeCandles(
  root: LakeRoot,
  candles: CandleColumns,
  origin: CandleOrigin,
  options: MergeOptions = {},
): Promise<MergedCandles> {
  const writer = new CandleWriter(root);
  try {
    return await writer.store(candles, origin, options);
  } finally {
    await writer.close();
  }
}

async function makeIncoming(database: Database, candles: CandleColumns): Promise<void> {
  const columns = [candles.openTimeMs, ...VALUE_COLUMNS.map((name) => candles[name])];
  await database.connection.run(
    `create or replace temp table batch (ms double, ${VALUE_COLUMNS.map((name) => `${name} double`).join(", ")})`,
  );
  await appendDoubles(database, "batch", columns.map((column) => column.subarray(0, candles.length)));
  await database.connection.run(
    `create or replace temp table ${INCOMING} as select make_timestamp_ms(ms::bigint) as open_time,
       ${VALUE_COLUMNS.join(", ")}, 1 as copies from batch`,
  );
}

/** A provider's mistakes end here: what cannot be a candle is named and never kept. */
function refuseImpossible(candles: CandleColumns, { provider }: CandleOrigin): void {
  const { instrument: { symbol }, timeframe, openTimeMs, length } = candles;
  for (let i = 0; i < length; i++) {
    const time = openTimeMs[i]!;
    const problem = !(time >= 0 && barOpen(timeframe, time as TimestampMs) === time)
      ? `does not begin a ${timeframe} candle`
      : i > 0 && time <= openTimeMs[i - 1]!
      ? "is not later than the one before"
      : VALUE_COLUMNS.find((name) => !(name === "volume" ? isVolume : isPrice).test(candles[name][i]!));
    if (problem === undefined) continue;
    const what = (VALUE_COLUMNS as readonly string[]).includes(problem)
      ? `has the ${problem} ${candles[problem as "open"][i]}`
      : problem;
    const when = Number.isSafeInteger(time) ? formatTimestamp(time as TimestampMs) : String(time);
    throw new InputError(
      "candle-batch",
      `${provider} gave a ${timeframe} candle of ${symbol} at ${when} that ${what}: nothing of its answer was kept`,
    );
  }
}
