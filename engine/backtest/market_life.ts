// Since when and until when the markets of a run are traded, and what its reader should know of that.
import { InputError } from "../errors/mod.ts";
import type { CandleColumns, Listing } from "../market/mod.ts";
import { barClose, DAY_MS, formatTimestamp, parseTimestamp, type TimestampMs } from "../time/mod.ts";
import type { MarketSpec, RunSpec } from "./run_spec.ts";

/**
 * The life of a market as a spec states it; null where it does not.
 *
 * @throws {InputError} `run-spec` when it ends before it begins.
 */
export function listingOf({ symbol, listedAt, delistedAt }: MarketSpec): Listing | null {
  if (listedAt === undefined && delistedAt === undefined) return null;
  const listedAtMs = listedAt === undefined ? -Infinity : parseTimestamp(listedAt);
  const delistedAtMs = delistedAt === undefined ? Infinity : parseTimestamp(delistedAt);
  if (listedAtMs < delistedAtMs) return { listedAtMs, delistedAtMs };
  throw new InputError(
    "run-spec",
    `${symbol} is listed at ${listedAt} and delisted at ${delistedAt}: "delistedAt" must come after "listedAt"`,
  );
}

/** The lives of all markets as far as the run goes, or nothing where the spec states none. */
export function listingsOf({ markets, to }: RunSpec): (Listing | null)[] | undefined {
  const endMs = to === null ? Infinity : parseTimestamp(to);
  const listings = markets.map((market) => {
    const listing = listingOf(market);
    return listing && listing.delistedAtMs > endMs ? { ...listing, delistedAtMs: Infinity } : listing;
  });
  return listings.some((listing) => listing !== null) ? listings : undefined;
}

/** What is known of a market's life at its exchange; null where it is not, or has not ended. */
export interface KnownListing {
  readonly exchange: string;
  readonly symbol: string;
  readonly listedAtMs: TimestampMs | null;
  readonly delistedAtMs: TimestampMs | null;
}

/** A spec whose markets state when they were listed and delisted, where that is known and they do not say it themselves. */
export function withListings(spec: RunSpec, known: readonly KnownListing[]): RunSpec {
  const markets = spec.markets.map(({ listedAt, delistedAt, ...market }): MarketSpec => {
    const found = known.find(({ exchange, symbol }) => exchange === market.exchange && symbol === market.symbol);
    const time = (ms: TimestampMs | null | undefined) => ms == null ? undefined : formatTimestamp(ms);
    const from = listedAt ?? time(found?.listedAtMs), until = delistedAt ?? time(found?.delistedAtMs);
    const life = {
      ...(from === undefined ? {} : { listedAt: from }),
      ...(until === undefined ? {} : { delistedAt: until }),
    };
    listingOf({ ...market, ...life }); // says what is wrong when the two contradict each other
    return { ...market, ...life };
  });
  return { ...spec, markets };
}

/** How long before its start a run wants candles for its universe: the days that count, and a ranking. */
export function universeLookBackMs({ universe }: RunSpec): number {
  if (universe === undefined) return 0;
  const between = { "1d": 1, "7d": 7, "1M": 31 }[universe.every];
  return (universe.lookbackDays + between) * DAY_MS;
}

/** Sentences on markets whose candles end before the others', and on universes that only know survivors. */
export function marketWarnings(spec: RunSpec, candles: readonly CandleColumns[]): string[] {
  const warnings: string[] = [];
  const traded = spec.markets.map((market, i) => {
    const { timeframe, openTimeMs, length, instrument } = candles[i]!;
    const firstMs = openTimeMs[0]!, endMs = barClose(timeframe, openTimeMs[length - 1] as TimestampMs);
    return { id: instrument.id, firstMs, endMs, delistedAtMs: listingOf(market)?.delistedAtMs ?? Infinity };
  });
  const endMs = Math.max(...traded.map((own) => own.endMs));
  for (const own of traded) {
    if (own.endMs === endMs || own.delistedAtMs <= endMs) continue;
    warnings.push(
      `The candles of ${own.id} end at ${
        formatTimestamp(own.endMs as TimestampMs)
      }, before those of the other markets: if it was delisted, say when, so that a position is closed at its last trade.`,
    );
  }
  if (spec.universe === undefined) return warnings;
  if (traded.every((own) => own.delistedAtMs > endMs && own.endMs === endMs)) {
    warnings.push(
      "Every market of the universe is alive at the end of the run: those that were delisted before are missing, which flatters the result (survivorship bias).",
    );
  }
  const wanted = spec.universe.lookbackDays, fromMs = spec.from === null ? -Infinity : parseTimestamp(spec.from);
  if (Math.min(...traded.map((own) => own.firstMs)) > fromMs - wanted * DAY_MS) {
    warnings.push(`The first rankings of the universe know fewer than ${wanted} days of volume: no candles are older.`);
  }
  return warnings;
}
