// An exchange of many markets in a process of its own: deno run jobs/release/load_exchange.ts MARKETS SEED. Its address is
// the first line that it says; when its input ends it says what it has traded, and ends.
import { SeededMarket, startLoopbackExchange } from "../../engine/exchanges/mod.ts";
import { tradeIdOf } from "../../engine/live/venue_amounts.ts";
import { DAY_MS, systemClock, timestampMs } from "../../engine/time/mod.ts";

/** What the venue has traded. */
export interface LoadBooks {
  readonly orders: readonly string[];
  readonly trades: readonly string[];
}

const UNLIMITED = { weightPerWindow: 100_000_000 };

/** Names of so many markets. */
export function loadSymbols(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `C${i}/USDT`);
}

if (import.meta.main) {
  const [count, seed] = Deno.args.map(Number) as [number, number];
  const listedAtMs = timestampMs(Math.floor(systemClock.now() / DAY_MS - 1) * DAY_MS);
  const markets = loadSymbols(count).map((symbol) => new SeededMarket({ symbol, seed, listedAtMs, startPrice: 100 }));
  const exchange = startLoopbackExchange({ markets, limit: UNLIMITED, account: { seed, cashQuote: "100000000" } });
  console.log(exchange.url);
  const buffer = new Uint8Array(64);
  while (await Deno.stdin.read(buffer) !== null);
  const { orders, fills } = exchange.venue;
  const books: LoadBooks = {
    orders: orders.map(({ clientOrderId }) => clientOrderId),
    trades: fills.map(({ number, order }) => tradeIdOf(`${number}`, order.market)),
  };
  await new Response(`${JSON.stringify(books)}\n`).body!.pipeTo(Deno.stdout.writable);
  Deno.exit();
}
