// Recorded fills as files hold them: those of a run, of a session, of an exchange's export.
import { InputError } from "../errors/mod.ts";
import type { RecordedFill } from "../orders/mod.ts";
import { exists, folderOf } from "./atomic_file.ts";
import { identifier, openDatabase, rowsOf } from "./duckdb.ts";
import { momentOf } from "./moment.ts";
import { openSourceFile, reading, rowName, shortened, type SourceFile } from "./source_file.ts";

/** Names under which files keep a column, in lower case; the first that is there counts. */
const NAMES = {
  time: ["timems", "time", "timestamp", "datetime", "date", "date(utc)"],
  side: ["side", "type"],
  quantity: ["quantity", "qty", "amount", "size", "executed"],
  price: ["price", "fill_price", "fillprice"],
  referencePrice: ["referenceprice", "reference_price", "mid", "arrival_price", "expected_price"],
  liquidity: ["liquidity"],
  market: ["instrument", "symbol", "pair"],
} as const;
type Column = keyof typeof NAMES;
const NEEDED: readonly Column[] = ["time", "side", "quantity", "price"];

/**
 * The fills of a Parquet or CSV file: `fills.parquet` of a run, or a table with time, side, quantity and price, and where
 * it has them referencePrice, liquidity and instrument.
 *
 * @param symbol The market whose fills are wanted, as in `BTC/USDT`; rows that name another one are left out.
 * @throws {InputError} `fill-file` naming the column or the row that cannot be read.
 */
export async function readFills(path: string, symbol: string): Promise<RecordedFill[]> {
  if (!await exists(path)) throw new InputError("fill-file", `there is no file ${path}: check the path`);
  const database = await openDatabase([folderOf(path)], 1);
  try {
    const file = await openSourceFile(database, path), columns = columnsOf(file);
    const rows = await reading(file, () => rowsOf(database, selection(file, columns)));
    const fills: RecordedFill[] = [];
    for (const [i, row] of rows.entries()) {
      if (isOfMarket(row.market, symbol)) fills.push(await fillOf(file, i, row));
    }
    return fills;
  } finally {
    database.close();
  }
}

function columnsOf(file: SourceFile): Map<Column, string> {
  const there = new Map([...file.columns.keys()].map((name) => [name.toLowerCase(), name]));
  const found = new Map<Column, string>();
  for (const [column, names] of Object.entries(NAMES) as [Column, readonly string[]][]) {
    const name = names.find((own) => there.has(own));
    if (name !== undefined) found.set(column, there.get(name)!);
    else if (NEEDED.includes(column)) {
      throw new InputError(
        "fill-file",
        `${file.name} has no column ${column}: name it ${names.slice(0, 3).join(" or ")}; it has ${
          [...file.columns.keys()].join(", ")
        }`,
      );
    }
  }
  return found;
}

function selection({ relation }: SourceFile, columns: ReadonlyMap<Column, string>): string {
  const parts = [...columns].map(([column, name]) => `${identifier(name)}::varchar as ${identifier(column)}`);
  return `select ${parts.join(", ")} from ${relation}`;
}

/** `binance:BTC/USDT`, `BTC/USDT`, `BTC-USDT` and `BTCUSDT` name one market; a file without names holds one. */
function isOfMarket(market: unknown, symbol: string): boolean {
  const plain = (text: string) => text.replace(/^.*:/, "").replace(/[^A-Za-z0-9]/g, "").toUpperCase();
  return market == null || plain(String(market)) === plain(symbol);
}

async function fillOf(file: SourceFile, index: number, row: Record<string, unknown>): Promise<RecordedFill> {
  const refuse = async (column: Column, wanted: string) => {
    const text = shortened(String(row[column] ?? ""));
    throw new InputError(
      "fill-file",
      `${await rowName(file, index)}: ${column} "${text}" is not ${wanted}: mend the file`,
    );
  };
  const number = (column: Column) => Number(row[column] ?? NaN);
  const side = String(row.side ?? "").trim().toLowerCase();
  if (side !== "buy" && side !== "sell") return await refuse("side", "buy or sell");
  for (const column of ["quantity", "price"] as const) {
    if (!(number(column) > 0 && number(column) < Infinity)) return await refuse(column, "a number above 0");
  }
  const timeMs = momentOf(String(row.time ?? ""));
  if (timeMs === null) return await refuse("time", "a time");
  const reference = number("referencePrice");
  return {
    timeMs,
    side,
    quantity: number("quantity"),
    price: number("price"),
    referencePrice: reference > 0 ? reference : null,
    liquidity: String(row.liquidity ?? "").toLowerCase() === "maker" ? "maker" : "taker",
  };
}
