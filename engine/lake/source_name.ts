// What a file's path and metadata say of the candles in it.
import { InputError } from "../errors/mod.ts";
import type { Timeframe } from "../time/mod.ts";
import { timeframe } from "../time/mod.ts";

/** Whose candles a file holds. */
export interface SourceName {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/** What the user, or a file's metadata, says of it. */
export type StatedSource = { readonly exchange?: string; readonly symbol?: string; readonly timeframe?: string };

/** Quote assets that are recognised at the end of a symbol written in one word, longest first. */
const QUOTES = ["FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD", "EUR", "GBP", "TRY", "BTC", "ETH", "BNB"];

const TIMEFRAME = /^\d{1,4}[mhdwM]$/;

/**
 * Exchange, symbol and timeframe: as stated, else from a path like `binance/BTCUSDT_1h.parquet` or
 * `binance/BTCUSDT-1h-2024-01.csv` (the folder is the exchange).
 *
 * @throws {InputError} `source` naming what could not be told.
 */
export function sourceName(path: string, stated: StatedSource): SourceName {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const file = parts.at(-1) ?? "";
  const words = file.replace(/\.(parquet|csv)$/i, "").split("_").flatMap((word) => splitArchiveName(word));
  const exchange = stated.exchange ?? parts.at(-2)?.toLowerCase();
  const symbol = stated.symbol ?? (words[0] && slashed(words[0]));
  const length = stated.timeframe ?? words.slice(1).find((word) => TIMEFRAME.test(word));
  const missing = [["exchange", exchange], ["symbol", symbol], ["timeframe", length]].filter(([, value]) => !value);
  if (missing.length > 0) {
    const names = missing.map(([name]) => name);
    throw new InputError(
      "source",
      `${file} does not tell its ${names.join(" and ")}: add ${names.map((name) => `--${name}`).join(" ")}`,
    );
  }
  return { exchange: exchange!, symbol: symbol!, timeframe: timeframe(length!) };
}

/** `BTCUSDT-1h-2024-01` in words; `BTC-PERP` stays whole. */
function splitArchiveName(word: string): string[] {
  const match = /^(.+?)-(\d{1,4}[mhdwM])(?:-(.*))?$/.exec(word);
  return match ? [match[1]!, match[2]!] : [word];
}

/** `BTCUSDT` → `BTC/USDT`; a perpetual written `BTC-PERP` is quoted in dollars. */
function slashed(name: string): string | undefined {
  const upper = name.toUpperCase();
  if (upper.includes("/")) return upper;
  if (upper.endsWith("-PERP")) return `${upper}/USD`;
  const quote = QUOTES.find((known) => upper.endsWith(known) && upper.length > known.length);
  return quote && `${upper.slice(0, -quote.length)}/${quote}`;
}
