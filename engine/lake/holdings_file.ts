// What each book of a run held and earned, as a table with a row for each book and close.
import type { InstrumentId } from "../market/mod.ts";
import type { Holdings } from "../portfolio/mod.ts";
import { type Database, doubleColumns, literal, rowsOf } from "./duckdb.ts";

const COLUMNS = `"closeTimeMs" double, book double, strategy varchar, instrument varchar, "markPrice" double,
  "exposureQuote" double, "pnlQuote" double`;

/** Writes `holdings.parquet` of a run. */
export async function writeHoldings({ connection }: Database, path: string, holdings: Holdings): Promise<void> {
  await connection.run(`create temp table holdings (${COLUMNS})`);
  const appender = await connection.createAppender("holdings", "main", "temp");
  holdings.closeTimeMs.forEach((closeTimeMs, row) =>
    holdings.books.forEach(({ strategy, instrument, markPrice, exposureQuote, pnlQuote }, book) => {
      appender.appendDouble(closeTimeMs);
      appender.appendDouble(book);
      appender.appendVarchar(strategy);
      appender.appendVarchar(instrument);
      appender.appendDouble(markPrice[row]!);
      appender.appendDouble(exposureQuote[row]!);
      appender.appendDouble(pnlQuote[row]!);
      appender.endRow();
    })
  );
  appender.closeSync();
  await connection.run(`copy holdings to ${literal(path)} (format parquet, compression zstd)`);
}

/** Reads it. */
export async function readHoldings(database: Database, path: string): Promise<Holdings> {
  const source = `from read_parquet(${literal(path)})`;
  const names = await rowsOf(
    database,
    `select book, any_value(strategy) as strategy, any_value(instrument) as instrument ${source} group by 1 order by 1`,
  ) as { book: number; strategy: string; instrument: InstrumentId }[];
  const ofBook = (book: number) =>
    doubleColumns(
      database,
      `select "closeTimeMs", "markPrice", "exposureQuote", "pnlQuote" ${source} where book = ${book} order by 1`,
    );
  const books = [];
  let closeTimeMs = new Float64Array(0);
  for (const { book, strategy, instrument } of names) {
    const [times, markPrice, exposureQuote, pnlQuote] = await ofBook(book) as [
      Float64Array<ArrayBuffer>,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    closeTimeMs = times;
    books.push({ strategy, instrument, markPrice, exposureQuote, pnlQuote });
  }
  return { closeTimeMs, books };
}
