// Test support only: a process that asks the loopback exchange as fast as the shared budget lets it, until its input ends.
// deno run engine/testing/fetching_process.ts EXCHANGE_URL REDIS_URL; prints how many requests were answered, and how many
// cancels got through beside them.
import { SharedBudget } from "../cache/shared_budget.ts";
import { RedisStore } from "../cache/redis_store.ts";
import { AccountKey, openExchange } from "../exchanges/mod.ts";
import { systemClock, timeframe } from "../time/mod.ts";
import { LISTED_MS } from "./loopback_client.ts";

/** What the exchange of the test allows: strictly so much in each window. */
export const FETCH_LIMIT = { weight: 100, windowMs: 2_000, cancelWeight: 6, tradingWeight: 4, guardMs: 150 } as const;

if (import.meta.main) {
  const [baseUrl, redisUrl] = Deno.args as [string, string];
  const store = await RedisStore.open(redisUrl), budget = new SharedBudget(store, systemClock);
  const key = new AccountKey({ apiKey: "loopback", secret: "loopback-secret" }), ended = new AbortController();
  const exchange = await openExchange("loopback", { baseUrl, budget, key, limit: FETCH_LIMIT, signal: ended.signal });
  let answered = 0, cancels = 0;
  const fetching = async () => {
    while (!ended.signal.aborted) {
      const query = { symbol: "BTC/USDT", timeframe: timeframe("1m"), fromMs: LISTED_MS, limit: 10 };
      const outcome = await exchange.candles(query);
      if (outcome.kind === "done") answered++;
      else if (!ended.signal.aborted) throw new Error(outcome.reason);
    }
  };
  const cancelling = async () => {
    while (!ended.signal.aborted) {
      const outcome = await exchange.cancel("BTC/USDT", "nobody");
      if (outcome.kind === "refused") cancels++;
      else if (!ended.signal.aborted) throw new Error(JSON.stringify(outcome));
      await new Promise((resolve) => setTimeout(resolve, 900));
    }
  };
  await exchange.markets();
  const all = Promise.all([fetching(), fetching(), fetching(), fetching(), cancelling()]);
  console.log("begins");
  await new Response(Deno.stdin.readable).text();
  ended.abort();
  await all;
  console.log(JSON.stringify({ answered, cancels }));
  await exchange.close();
  await store.close();
}
