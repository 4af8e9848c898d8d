// Test support only: the library of venues as it is, pointed at a loopback exchange.
import ccxt from "ccxt";
import {
  type LoopbackExchange,
  type LoopbackExchangeOptions,
  SeededMarket,
  startLoopbackExchange,
} from "../exchanges/mod.ts";
import { type FaultName, type FaultOf, FAULTS } from "../exchanges/loopback/fault.ts";
import { SimulatedClock, type TimestampMs } from "../time/mod.ts";

// deno-lint-ignore no-explicit-any
export type Client = any;

/** Where the markets of tests begin, and where their clock stands at first. */
export const LISTED_MS = Date.UTC(2026, 0, 1) as TimestampMs, START_MS = Date.UTC(2026, 0, 4) as TimestampMs;

/** For each fault of an answer whether the exchange has done what it was asked for. */
export const CARRIED_OUT: readonly (readonly [FaultOf<"answer">, boolean])[] = (Object.keys(FAULTS) as FaultName[])
  .flatMap((name) => {
    const own = FAULTS[name];
    return own.acts === "answer" ? [[name as FaultOf<"answer">, own.isCarriedOut] as const] : [];
  });

/** A loopback exchange whose markets stand still until they are told to go on, and a client of it. */
export interface LoopbackDesk {
  readonly exchange: LoopbackExchange;
  readonly client: Client;
  /** Lets so many minutes pass. */
  pass(minutes: number): void;
  close(): Promise<void>;
}

export function openDesk(options: Partial<LoopbackExchangeOptions> = {}): LoopbackDesk {
  const clock = new SimulatedClock(START_MS);
  const market = (symbol: string, startPrice: number) =>
    new SeededMarket({ symbol, seed: 7, listedAtMs: LISTED_MS, startPrice });
  const exchange = startLoopbackExchange({
    markets: [market("BTC/USDT", 60_000), market("ETH/USDT", 3_000)],
    clock,
    ...options,
  });
  const client = clientOf(exchange, exchange.key);
  return {
    exchange,
    client,
    pass: (minutes) => clock.advanceTo((clock.now() + minutes * 60_000) as TimestampMs),
    async close() {
      await client.close();
      await exchange.close();
    },
  };
}

const BINANCE = { defaultType: "spot", fetchMarkets: { types: ["spot"] }, fetchMargins: false, fetchCurrencies: false };
const COINBASE = { fetchMarkets: "fetchMarketsV3", createMarketBuyOrderRequiresPrice: false, fetchCurrencies: false };

/** A key as the library takes it. */
type Key = { readonly apiKey: string; readonly secret: string };

/** The library's Binance; only its addresses are changed. */
export function clientOf(exchange: LoopbackExchange, key: Key): Client {
  return libraryClient("binance", exchange, key, BINANCE);
}

/** The library's Coinbase, likewise. */
export function coinbaseClientOf(exchange: LoopbackExchange, key: Key): Client {
  return libraryClient("coinbase", exchange, key, COINBASE);
}

function libraryClient(
  id: "binance" | "coinbase",
  { url }: LoopbackExchange,
  { apiKey, secret }: Key,
  options: object,
): Client {
  const { pro } = ccxt as unknown as { pro: Record<string, new (options: object) => Client> };
  const client = new pro[id]!({ apiKey, secret, enableRateLimit: false, timeout: 2_000, options });
  client.urls.api = atLoopback(client.urls.api, url);
  return client;
}

function atLoopback(urls: unknown, url: string): unknown {
  if (typeof urls === "string") {
    return urls.replace(/^https:\/\/[^/]+/, url).replace(/^wss:\/\/[^/]+/, url.replace("http", "ws"));
  }
  return Object.fromEntries(Object.entries(urls as object).map(([name, own]) => [name, atLoopback(own, url)]));
}
