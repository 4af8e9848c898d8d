// The month that a writer wrote last: candles that follow it are put behind it without reading it again.
import { type CandleColumns, candleQuality, sliceCandles, type SourceQuality, VALUE_COLUMNS } from "../market/mod.ts";
import { formatTimestamp, type Timeframe, type TimestampMs } from "../time/mod.ts";
import type { CandleValues } from "./candle_values.ts";
import type { Database } from "./duckdb.ts";
import { type CandleKind, partitionPath, settlePartition, type Sidecar, writePartition } from "./partition.ts";
import { type Provenance, type ProviderProvenance, withProvenance } from "./provenance.ts";
import type { Storage } from "./storage.ts";

/** Temporary table of the candles that a month is to have, or has. */
export const MONTH = "month";
/** Most candles that are put behind others as a statement; more of them are worth a table. */
const MOST_APPENDED = 1_000;

/** A month as a writer has written it; its rows are in the table {@linkcode MONTH}, too. */
interface WrittenMonth {
  readonly path: string;
  /** Of its file, as the writer left it. */
  readonly stamp: string;
  readonly sidecar: Sidecar;
  readonly candles: CandleValues;
}

/** What the table holds now, for its file. */
interface NewMonth {
  readonly candles: CandleValues;
  readonly timeframe: Timeframe;
  readonly provenance: readonly Provenance[];
  /** What was found where the candles came from. */
  readonly source: SourceQuality;
}

/** What a writer's database holds of the month that was written last. */
export class LastMonth {
  #written: WrittenMonth | null = null;

  constructor(readonly storage: Storage) {}

  /** Before the table is changed: it is not the month any more until what was made of it is written. */
  forget(): void {
    this.#written = null;
  }

  /** Writes the table to its file, durably, with what is known of it. */
  async write(database: Database, path: string, { candles, timeframe, provenance, source }: NewMonth): Promise<void> {
    const { storage } = this;
    const sidecar = await writePartition(storage, database, path, `from ${MONTH}`, {
      rows: candles.openTimeMs.length,
      firstOpenMs: candles.openTimeMs[0]!,
      lastOpenMs: candles.openTimeMs.at(-1)!,
      provenance,
      quality: candleQuality(candles, timeframe, source),
    });
    const stamp = await storage.stamp(path);
    this.#written = stamp === null ? null : { path, stamp, sidecar, candles };
  }

  /**
   * Puts a few candles behind the month, durably.
   *
   * @param candles Checked, each later than the one before.
   * @returns False, with nothing done, where they belong elsewhere, or somebody else has touched the file since.
   */
  async append(
    database: Database,
    candles: CandleColumns,
    origin: Pick<ProviderProvenance, "provider" | "how">,
    kind?: CandleKind,
  ): Promise<boolean> {
    const { storage } = this, path = this.#written?.path;
    if (path === undefined || path !== onlyPath(storage, candles, kind)) return false;
    return await storage.exclusively([path], async () => {
      await settlePartition(storage, path);
      const written = this.#written;
      if (written === null || written.stamp !== await storage.stamp(path)) return false;
      const { sidecar, candles: kept } = written;
      if (sidecar.lastOpenMs >= candles.openTimeMs[0]!) return false;
      this.forget();
      await database.connection.run(`insert into ${MONTH} values ${rowsSql(candles)}`);
      const added = candles.length, { duplicates, outOfOrder } = sidecar.quality;
      await this.write(database, path, {
        candles: joined(kept, candles),
        timeframe: candles.timeframe,
        provenance: withProvenance(sidecar.provenance, { ...origin, rows: added, added, revised: 0 }),
        source: { duplicates, outOfOrder },
      });
      return true;
    });
  }
}

/** The partition to which all of a few candles belong; null where there are several, or many candles. */
function onlyPath({ root }: Storage, { instrument, timeframe, openTimeMs, length }: CandleColumns, kind?: CandleKind) {
  const [month, other] = [openTimeMs[0]!, openTimeMs[length - 1]!].map((time) => monthOf(time as TimestampMs));
  if (month !== other || length > MOST_APPENDED) return null;
  return partitionPath(
    root,
    { exchange: instrument.exchange, symbol: instrument.symbol, timeframe, month: month! },
    kind,
  );
}

/** Candles as values of an SQL statement. Numbers are texts to it: without that they would be decimals of 18 digits. */
function rowsSql(candles: CandleColumns): string {
  return Array.from({ length: candles.length }, (_, i) => {
    const values = VALUE_COLUMNS.map((name) => `'${candles[name][i]}'::double`);
    return `(make_timestamp_ms(${candles.openTimeMs[i]}), ${values.join(", ")})`;
  }).join(", ");
}

/** As partitions name it. */
export function monthOf(time: TimestampMs): string {
  return formatTimestamp(time).slice(0, 7);
}

/** Candles followed by later ones. */
function joined(candles: CandleValues, later: CandleColumns): CandleValues {
  const own = sliceCandles(later, 0, later.length);
  const all = (["openTimeMs", ...VALUE_COLUMNS] as const).map((name) => {
    const column = new Float64Array(candles[name].length + own.length);
    column.set(candles[name]);
    column.set(own[name], candles[name].length);
    return [name, column] as const;
  });
  return Object.fromEntries(all) as unknown as CandleValues;
}
