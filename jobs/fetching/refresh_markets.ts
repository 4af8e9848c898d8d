// Markets of the lake that once came from a venue, brought up to the present from there.
import { openCache } from "../../engine/cache/mod.ts";
import { CodedError, isCodedError } from "../../engine/errors/mod.ts";
import { downloadCandles, type WantedCandles } from "../../engine/exchanges/mod.ts";
import { DownloadStore, Lake, type LakeRoot } from "../../engine/lake/mod.ts";
import { instrument, type RequestBudget } from "../../engine/market/mod.ts";
import { systemClock, timeframe, type TimestampMs } from "../../engine/time/mod.ts";
import { lakePlace } from "../lake_place.ts";
import type { TaskSurroundings } from "../tasks/surroundings.ts";
import { openProviders } from "./providers.ts";

/** How markets are refreshed. */
export interface RefreshOptions {
  /** Venues that take over when a market's own one fails. */
  readonly failover: readonly string[];
  /** Newest candles that are asked for again, to see whether they were revised. */
  readonly revisitCandles: number;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number, market: string) => void;
}

/** What a refresh came to. */
export interface RefreshedMarkets {
  readonly markets: number;
  readonly added: number;
  readonly revised: number;
  /** Of markets that are not complete; the next refresh goes on there. */
  readonly problems: readonly string[];
}

/** Requests under way at one time: others share the budget. */
const PARALLEL = 4;

interface HeldMarket extends WantedCandles {
  readonly lastOpenMs: TimestampMs;
}

/**
 * Fetches what has come since the newest candle of each market that has been fetched before.
 *
 * @throws {CodedError} `refresh` when not one of several markets could be refreshed.
 */
export async function refreshMarkets(
  surroundings: TaskSurroundings,
  options: RefreshOptions,
): Promise<RefreshedMarkets> {
  const markets = await fetchedMarkets(lakePlace(surroundings.dataDir)),
    sums = { added: 0, revised: 0 },
    problems: string[] = [];
  if (markets.length === 0) return { markets: 0, ...sums, problems };
  const cache = await openCache(surroundings, surroundings.sql);
  try {
    const budget = cache.requestBudget(systemClock);
    for (const [exchange, own] of Map.groupBy(markets, (held) => held.instrument.exchange)) {
      try {
        for (const result of await refreshVenue(exchange, own, budget, surroundings, options)) {
          sums.added += result.added;
          sums.revised += result.revised;
          if (result.problem !== null) problems.push(result.problem);
        }
      } catch (error) {
        if (!isCodedError(error)) throw error;
        problems.push(...own.map(({ instrument: { id } }) => `${id}: ${error.message}`));
      }
    }
  } finally {
    await cache.close();
  }
  if (problems.length < markets.length) return { markets: markets.length, ...sums, problems };
  throw new CodedError("refresh", `no market could be refreshed: ${problems.slice(0, 5).join("; ")}`);
}

/** Markets for which their own venue has been asked. */
async function fetchedMarkets(root: LakeRoot): Promise<HeldMarket[]> {
  const lake = new Lake(root), found: HeldMarket[] = [];
  try {
    for (const { exchange, symbol, timeframe: text, lastOpenMs } of await lake.list()) {
      const own = { instrument: instrument({ exchange, symbol }), timeframe: timeframe(text), lastOpenMs };
      const spans = await lake.fetched(own);
      if (spans.some(({ provider, how }) => provider === exchange && how === "fetch")) found.push(own);
    }
  } finally {
    await lake.close();
  }
  return found;
}

async function refreshVenue(
  exchange: string,
  markets: readonly HeldMarket[],
  budget: RequestBudget,
  { dataDir, exchange: named, exchangeUrl }: TaskSurroundings,
  { failover, revisitCandles, signal, progress }: RefreshOptions,
) {
  const isElsewhere = exchange === named || exchange === "loopback";
  const ids = [exchange, ...failover.filter((id) => id !== exchange)];
  const providers = await openProviders(ids, { exchangeUrl: isElsewhere ? exchangeUrl : null, budget, signal });
  const store = new DownloadStore(lakePlace(dataDir));
  try {
    return await downloadCandles(markets, providers.group, store, systemClock, {
      fromMs: Math.min(...markets.map(({ lastOpenMs }) => lastOpenMs)) as TimestampMs,
      toMs: systemClock.now(),
      parallel: PARALLEL,
      revisitCandles,
      signal,
      progress,
    });
  } finally {
    await store.close();
    await providers.close();
  }
}
