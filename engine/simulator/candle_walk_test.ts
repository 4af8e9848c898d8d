// The way inside candles: where it is when, and several markets in the order of time.
import assert from "node:assert/strict";
import fc from "fast-check";
import { instrument } from "../market/mod.ts";
import { notional } from "../money/mod.ts";
import type { OrderIntent } from "../orders/mod.ts";
import { FREE, HOUR_MS, orderOf, type OrderSketch } from "../testing/simulated_exchange.ts";
import type { TimestampMs } from "../time/mod.ts";
import { CandlePath } from "./candle_path.ts";
import { costsOf, defaultRules, Simulator } from "./mod.ts";

Deno.test("a path is at a steady speed over the candle's time, and a moment and its price find each other (10,000 candles)", () => {
  const price = fc.integer({ min: 90, max: 110 }), share = fc.double({ min: 0, max: 1, noNaN: true });
  const path = new CandlePath();
  fc.assert(
    fc.property(price, price, price, price, fc.boolean(), share, (open, a, b, close, highFirst, share) => {
      const high = Math.max(open, a, b, close), low = Math.min(open, a, b, close), atMs = Math.floor(share * HOUR_MS);
      path.start(open, high, low, close, highFirst, 0, HOUR_MS);
      let way = 0;
      for (let i = 0; i < 3 && path.endMs <= atMs; i++) {
        way += Math.abs(path.end - path.price);
        path.turn();
      }
      if (path.end !== path.end) return assert.deepEqual([path.price, path.timeMs], [close, HOUR_MS]);
      const at = path.priceAt(atMs), all = wayOf(open, high, low, close, highFirst);
      assert.ok(Math.abs(way + Math.abs(at - path.price) - all * atMs / HOUR_MS) < 1e-6);
      if (path.price !== path.end) assert.ok(Math.abs(path.timeAt(at) - atMs) < 1e-3);
      const skipped = new CandlePath();
      skipped.start(open, high, low, close, highFirst, 0, HOUR_MS);
      skipped.skipTo(atMs);
      assert.ok(Math.abs(skipped.price - at) < 1e-9);
    }),
    { numRuns: 10_000 },
  );
});

function wayOf(open: number, high: number, low: number, close: number, highFirst: boolean): number {
  return high - low + (highFirst ? high - open + close - low : open - low + high - close);
}

/** Two markets in one hour: the first falls 100 → 90 after rising to 110, the second goes 50 → 40 → 60 → 50. */
function twoMarkets(latencyMs: number, ...sketches: (OrderSketch & { readonly symbol: string })[]): string[] {
  const symbols = ["AAA/USDT", "BBB/USDT"];
  const venue = new Simulator({
    instruments: symbols.map((symbol) => instrument({ exchange: "test", symbol, kind: "linear" })),
    cash: notional("100000"),
    leverage: 1,
    rules: { ...defaultRules, id: "path", path: "nearest-extreme", latencyMs: [latencyMs] },
    costs: costsOf(FREE),
    seed: 1,
  });
  sketches.forEach(({ symbol, ...sketch }, book) => {
    const order = orderOf(`${symbol[0]}${book}`, { ...sketch, book });
    venue.submit({ ...order, instrument: `test:${symbol}` as OrderIntent["instrument"] });
  });
  venue.open({
    closeTimeMs: HOUR_MS as TimestampMs,
    count: 2,
    instrument: [0, 1],
    openTimeMs: [0, 0],
    open: [100, 50],
    high: [110, 60],
    low: [89, 40],
    close: [89, 50],
    volume: [1_000, 1_000],
  });
  while (venue.next());
  return venue.events.flatMap((event) =>
    event.kind === "fill" ? [`${event.fill.clientOrderId} at ${Math.floor(event.fill.timeMs / 60_000)}`] : []
  );
}

Deno.test("what happens in several markets at once happens in the order of time, whatever their order", () => {
  // 100 → 110 → 89 is 31 long: 95 after 25, at 48 minutes. 50 → 40 → 60 → 50 is 40 long: 45 at 7, 58 at 42 minutes.
  assert.deepEqual(
    twoMarkets(
      0,
      { symbol: "AAA/USDT", kind: "limit", price: 95 },
      { symbol: "BBB/USDT", kind: "stop", price: 58 },
      { symbol: "BBB/USDT", kind: "limit", price: 45 },
    ),
    ["B2 at 7", "B1 at 42", "A0 at 48"],
  );
  // After ten minutes the second market is at 43.33, beyond the limit, which is taken at once.
  assert.deepEqual(
    twoMarkets(
      600_000,
      { symbol: "AAA/USDT", kind: "limit", price: 95 },
      { symbol: "BBB/USDT", kind: "limit", price: 45 },
      { symbol: "AAA/USDT", side: "sell" },
    ),
    ["A2 at 10", "B1 at 10", "A0 at 48"],
  );
});
