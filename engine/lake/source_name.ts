// What a file's path and metadata say of the candles in it.
import { InputError } from "../errors/mod.ts";
import { instrument } from "../market/mod.ts";
import { isCoarserOrEqual, type Timeframe, timeframe } from "../time/mod.ts";

/** Whose candles a file holds. */
export interface SourceName {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/** What the user says of it. */
export interface StatedSource {
  readonly exchange?: string;
  readonly symbol?: string;
  readonly timeframe?: string;
}

/** Quote assets that are recognised at the end of a symbol written in one word. */
const QUOTES = ["FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD", "EUR", "GBP", "TRY", "JPY", "BTC", "ETH", "BNB"];

/** Timeframes as paths write them; Binance's archive calls the month `1mo`. */
const TIMEFRAME = /^\d{1,4}(?:[mhdwM]|mo)$/;

/**
 * Exchange, symbol and timeframe: as stated, else as the file's own content says, else from a path like
 * `binance/BTCUSDT_1h.parquet` or `binance/BTCUSDT-1h-2024-01.csv` (the folder is the exchange), or a partition of a lake.
 *
 * @param inside What metadata or columns of the file say: `exchange`, `symbol`, `timeframe`.
 * @param grid The timeframe that the open times show, where they do; it stands in when nothing else tells.
 * @throws {InputError} `source` naming what could not be told, or when the grid is another timeframe's.
 */
export function sourceName(
  path: string,
  stated: StatedSource,
  inside: Readonly<Record<string, string>> = {},
  grid?: Timeframe,
): SourceName {
  const file = path.split("/").at(-1)!;
  const outside = nameOfPath(path);
  const exchange = stated.exchange ?? inside.exchange?.toLowerCase() ?? outside.exchange;
  const symbol = stated.symbol ?? slashed(inside.symbol ?? "") ?? outside.symbol;
  const length = stated.timeframe ?? inside.timeframe ?? outside.timeframe ?? grid;
  const missing = Object.entries({ exchange, symbol, timeframe: length }).filter(([, value]) => !value);
  if (missing.length > 0) {
    const names = missing.map(([name]) => name);
    throw new InputError(
      "source",
      `${file} does not tell its ${names.join(" and ")}: add ${names.map((name) => `--${name}`).join(" ")}`,
    );
  }
  instrument({ exchange: exchange!, symbol: symbol! }); // says what is wrong with a name
  const name = { exchange: exchange!, symbol: symbol!, timeframe: timeframe(length!) };
  // Fewer candles than the grid has room for are a market that rarely trades; a coarser grid is another timeframe.
  if (grid !== undefined && grid !== name.timeframe && isCoarserOrEqual(grid, name.timeframe)) {
    throw new InputError("source", `${file} holds ${grid} candles, not ${name.timeframe}: state --timeframe ${grid}`);
  }
  return name;
}

/** What a path tells; only what it surely tells. */
export function nameOfPath(path: string): StatedSource {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const hive = Object.fromEntries(
    parts.map((part) => /^(exchange|symbol|timeframe)=(.*)$/.exec(part)).filter((match) => match !== null)
      .map(([, name, value]) => [name, decodeURIComponent(value!)]),
  );
  if (hive.exchange && hive.symbol && hive.timeframe) return hive;
  const words = (parts.pop() ?? "").replace(/\.(parquet|feather|csv|json|zip)$/i, "").split("_").flatMap(
    splitArchiveName,
  );
  const folder = parts.at(-1)?.toLowerCase();
  const isExchange = folder !== undefined && /^[a-z][a-z0-9-]*$/.test(folder) && !TIMEFRAME.test(folder) &&
    slashed(folder) === undefined;
  const pair = words.findIndex((word, i) => i > 0 && QUOTES.includes(word.toUpperCase())); // BTC_USDT
  const symbol = pair > 0 ? slashed(`${words[pair - 1]}/${words[pair]}`) : words.map(slashed).find((found) => found);
  const length = words.find((word) => TIMEFRAME.test(word));
  return {
    ...(isExchange ? { exchange: folder } : {}),
    ...(symbol === undefined ? {} : { symbol }),
    ...(length === undefined ? {} : { timeframe: length.replace("mo", "M") }),
  };
}

/** `BTCUSDT-1h-2024-01` and `BTCUSDT-fundingRate-2024-01` in words; `BTC-PERP` stays whole. */
function splitArchiveName(word: string): string[] {
  const match = /^(.+?)-(\d{1,4}(?:[mhdwM]|mo)|fundingRate)(?:-.*)?$/.exec(word);
  return match ? [match[1]!, match[2]!] : [word];
}

/** A symbol as the lake names it: `BTCUSDT` and `BTC-USDT` → `BTC/USDT`; a perpetual written `BTC-PERP` is quoted in dollars. */
export function slashed(name: string): string | undefined {
  const upper = name.trim().toUpperCase();
  if (upper.includes("/")) return upper;
  if (upper.endsWith("-PERP")) return `${upper}/USD`;
  const quote = QUOTES.find((known) => upper.endsWith(known) && upper.length > known.length);
  return quote && `${upper.slice(0, -quote.length).replace(/-$/, "")}/${quote}`;
}
