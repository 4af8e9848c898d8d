import type { Command } from "commander";
import { UsageError } from "../../engine/errors/mod.ts";
import { parseTimestamp, type Timeframe, timeframe, type TimestampMs } from "../../engine/time/mod.ts";
import { readSettings } from "../settings.ts";

/** Options of `candles fetch` and `candles repair`. */
export interface FetchFlags {
  readonly json?: boolean;
  readonly kind?: string;
  readonly exchange?: string;
  readonly exchangeUrl?: string;
  readonly failover?: readonly string[];
  readonly fromExchange?: string;
  readonly symbol: readonly string[];
  readonly timeframe?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly parallel?: string;
  readonly revisit?: string;
}

/** Adds what both commands have. */
export function withMarketFlags(command: Command): Command {
  const several = (text: string, before: readonly string[] = []) => [...before, text];
  return command
    .option("--exchange <name>", "as in binance, binance-usdm, coinbase, loopback, or any id of ccxt")
    .option("--exchange-url <address>", "where it is asked in place of its own hosts")
    .requiredOption("--symbol <symbol>", "as in BTC/USDT; may be repeated", several)
    .option("--timeframe <timeframe>", "as in 1m; may be repeated", several)
    .option("--from <time>", "first open time; without it, where the market begins")
    .option("--to <time>", "time at which to end, not included; without it, now")
    .option("--parallel <count>", "requests under way at one time", "8");
}

/** The exchange that is meant. @throws {UsageError} when neither flag nor setting names one. */
export function exchangeOf({ exchange }: FetchFlags): string {
  const name = exchange ?? readSettings().values.exchange;
  if (name === null) throw new UsageError("--exchange is missing: name the venue, as in --exchange binance");
  return name;
}

/** The timeframes that are wanted, each once. @throws {UsageError} without one. */
export function timeframesOf({ timeframe: texts = [] }: FetchFlags): Timeframe[] {
  if (texts.length === 0) throw new UsageError("--timeframe is missing: name one or several, as in --timeframe 1m");
  return [...new Set(texts)].map(timeframe);
}

/** Bounds as stated; the market's beginning and now where they are not. */
export function rangeOf({ from, to }: FetchFlags, nowMs: TimestampMs): { fromMs: TimestampMs; toMs: TimestampMs } {
  const range = { fromMs: parseTimestamp(from ?? "2010"), toMs: to === undefined ? nowMs : parseTimestamp(to) };
  if (range.fromMs < range.toMs) return range;
  throw new UsageError("--from must be before --to, and not in the future");
}

/** A whole number from a flag. @throws {UsageError} */
export function countOf(flag: string, text: string, least: number, most: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= least && count <= most) return count;
  throw new UsageError(`${flag} cannot be "${text}": it is a whole number from ${least} to ${most}`);
}
