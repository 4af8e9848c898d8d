// What holds for orders that arrive inside candles and for what answers their fills, on every path and without one.
import assert from "node:assert/strict";
import fc from "fast-check";
import { instrument, marginTiers } from "../market/mod.ts";
import { notional, priceToNumber } from "../money/mod.ts";
import type { OrderKind, VenueEvent } from "../orders/mod.ts";
import { AnsweringTrader } from "../testing/answering_trader.ts";
import {
  candleOf,
  exchangeOf,
  FREE,
  HOUR_MS,
  type Ohlcv,
  orderOf,
  type OrderSketch,
} from "../testing/simulated_exchange.ts";
import { latencyOf } from "./latency.ts";
import { costsOf, defaultRules, type FillRules, Simulator } from "./mod.ts";

const RUNS = { numRuns: 10_000 };
const tenths = fc.integer({ min: 900, max: 1_100 }).map((n) => n / 10);
const anyCandle = fc.tuple(tenths, tenths, tenths, tenths).map(
  ([open, a, b, close]): Ohlcv => [open, Math.max(open, a, b, close), Math.min(open, a, b, close), close],
);
const side = fc.constantFrom("buy" as const, "sell" as const);
const distance = fc.integer({ min: 1, max: 60 }).map((n) => n / 10);
const anyEntry = fc.record({
  kind: fc.constantFrom<OrderKind>("market", "limit", "stop", "take-profit", "stop-limit", "trailing-stop"),
  side,
  price: tenths,
  limit: tenths,
  sentBefore: fc.integer({ min: 0, max: 2 }),
  stop: fc.option(distance),
  target: fc.option(distance),
});
type AnyEntry = typeof anyEntry extends fc.Arbitrary<infer T> ? T : never;

const sketchOf = ({ kind, side, price, limit }: Pick<AnyEntry, "kind" | "side" | "price" | "limit">): OrderSketch => ({
  kind,
  side,
  ...(kind === "market" ? {} : { price }),
  ...(kind === "stop-limit" ? { limit } : {}),
  ...(kind === "trailing-stop" ? { trail: { kind: "distance", distanceQuote: 2.5 } as const } : {}),
});

const world = fc.record({
  candles: fc.array(anyCandle, { minLength: 3, maxLength: 4 }),
  entries: fc.array(anyEntry, { minLength: 1, maxLength: 3 }),
  latencyMs: fc.constantFrom([0, 1, 40], [0, HOUR_MS / 4, HOUR_MS], [60_000], [0, 2 * HOUR_MS]),
  limitFill: fc.constantFrom("through" as const, "touch" as const),
  seed: fc.nat(1_000),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

/** The news, and how long the request of each order was on its way. */
function run({ candles, entries, latencyMs, limitFill, seed }: World, path?: "nearest-extreme" | "random") {
  const rules = { ...defaultRules, id: "late", latencyMs, limitFill, ...(path === undefined ? {} : { path }) };
  const trader = new AnsweringTrader(exchangeOf(rules, FREE, { tick: "0.01" }, seed));
  candles.forEach((prices, index) => {
    entries.forEach((entry, i) => {
      const { stop, target } = entry;
      if (entry.sentBefore !== index) return;
      trader.send(`e${i}`, sketchOf(entry), {
        ...(stop === null ? {} : { stop }),
        ...(target === null ? {} : { target }),
      });
    });
    trader.trade(candleOf(index, prices));
  });
  return { news: trader.news, latencyOf: (id: string) => latencyOf(latencyMs, seed, id) };
}

type FillNews = Extract<VenueEvent, { kind: "fill" }>;
const fillsOf = (news: readonly VenueEvent[]) => news.filter((event): event is FillNews => event.kind === "fill");

/** Where a way through a candle is at a moment of it: reckoned apart from the engine. */
function priceOn([open, high, low, close]: Ohlcv, highFirst: boolean, share: number): number {
  const points = highFirst ? [open, high, low, close] : [open, low, high, close];
  const lengths = [1, 2, 3].map((i) => Math.abs(points[i]! - points[i - 1]!));
  let left = share * lengths.reduce((sum, length) => sum + length, 0);
  for (let i = 0; i < 3; i++) {
    if (left <= lengths[i]!) return points[i]! + Math.sign(points[i + 1]! - points[i]!) * left;
    left -= lengths[i]!;
  }
  return close;
}

const wayOf = ([, high, low]: Ohlcv) => 3 * (high - low);
const nearestIsHigh = ([open, high, low]: Ohlcv) => high - open < open - low;

Deno.test("on a path each fill is where the path is at its time, times never go back, and nothing fills before its request has arrived (10,000 worlds)", () => {
  let inside = 0, exits = 0;
  fc.assert(
    fc.property(world, fc.constantFrom("nearest-extreme" as const, "random" as const), (one, path) => {
      const { news, latencyOf } = run(one, path), sent = new Map<string, number>();
      const ways = one.candles.map((candle) => path === "random" ? [true, false] : [nearestIsHigh(candle)]);
      let lastMs = -Infinity;
      for (const event of news) {
        if (event.kind === "accepted") sent.set(event.clientOrderId, event.timeMs);
        if (event.kind !== "fill") continue;
        const { fill: { clientOrderId: id, timeMs }, basis } = event;
        assert.ok(timeMs >= lastMs, "a fill before the last one");
        assert.ok(timeMs >= sent.get(id)! + latencyOf(id), `${id} filled before it was there`);
        lastMs = timeMs;
        const index = Math.floor(timeMs / HOUR_MS), candle = one.candles[index]!, share = timeMs % HOUR_MS / HOUR_MS;
        // Times are whole milliseconds: the path is there within one.
        const isOn = (highFirst: boolean) =>
          Math.abs(priceOn(candle, highFirst, share) - basis!.unslipped) <= wayOf(candle) / HOUR_MS + 1e-9;
        ways[index] = ways[index]!.filter(isOn);
        assert.ok(ways[index]!.length > 0, `${basis!.unslipped} at ${share} of ${candle}`);
        if (share > 0) inside++;
        if (id.includes("-")) exits++;
      }
    }),
    RUNS,
  );
  assert.ok(inside > 5_000 && exits > 2_000, `${inside} inside, ${exits} exits`);
});

Deno.test("without a path an exit is never before its entry, in the candle of an entry inside it only the stop, and nothing fills before it has arrived (10,000 worlds)", () => {
  let stops = 0, targets = 0;
  fc.assert(
    fc.property(world, (one) => {
      const { news, latencyOf } = run(one), sent = new Map<string, number>(), entered = new Map<string, FillNews>();
      for (const event of news) {
        if (event.kind === "accepted") sent.set(event.clientOrderId, event.timeMs);
        if (event.kind !== "fill") continue;
        const { fill: { clientOrderId: id, timeMs }, basis } = event;
        const [name, slot] = id.split("-") as [string, string?];
        if (slot === undefined) {
          entered.set(name, event);
          if (latencyOf(id) > 0) assert.ok(timeMs >= sent.get(id)! + latencyOf(id));
          continue;
        }
        const entry = entered.get(name)!, index = Math.floor(timeMs / HOUR_MS);
        assert.ok(timeMs >= entry.fill.timeMs + latencyOf(id), `${id} before it was there`);
        if (slot === "stop") stops++;
        else targets++;
        if (Math.floor(entry.fill.timeMs / HOUR_MS) !== index) continue;
        const atOpen = entry.basis!.unslipped === one.candles[index]![0];
        if (!atOpen) assert.equal(basis!.rule, "stop-after-entry");
      }
    }),
    RUNS,
  );
  assert.ok(stops > 2_000 && targets > 1_000, `${stops} stops, ${targets} targets`);
});

Deno.test("an order that arrives at the very open of a candle is the one that was there before, with a path and without one (10,000 worlds)", () => {
  const path = fc.constantFrom(undefined, "nearest-extreme" as const, "random" as const);
  let fills = 0;
  fc.assert(
    fc.property(world, path, fc.boolean(), (one, path, reduceOnly) => {
      const told = (latencyMs: readonly number[] | undefined) => {
        const own = { ...defaultRules, id: "late", limitFill: one.limitFill };
        const rules: FillRules = {
          ...own,
          ...(path === undefined ? {} : { path }),
          ...(latencyMs === undefined ? {} : { latencyMs }),
        };
        const venue = exchangeOf(rules, FREE, { tick: "0.01" }, one.seed);
        venue.submit(orderOf("held", { quantity: 2 }));
        // Each second hour has no candle: what is sent at a close arrives with the next open.
        one.candles.forEach((prices, index) => {
          const candle = candleOf(2 * index + 2, prices);
          venue.open(candle);
          while (venue.next());
          venue.close(candle);
          one.entries.forEach((entry, i) => {
            if (entry.sentBefore === index) venue.submit(orderOf(`e${i}`, { ...sketchOf(entry), reduceOnly }));
          });
        });
        fills += fillsOf(venue.events).length;
        return JSON.stringify(venue.events, (_, value) => typeof value === "bigint" ? `${value}` : value);
      };
      assert.equal(told([HOUR_MS]), told(undefined));
    }),
    RUNS,
  );
  assert.ok(fills > 20_000, `${fills} fills`);
});

Deno.test("without a path a late order has nothing better than on either path through the candle (20,000 orders)", () => {
  const kinds = fc.constantFrom<OrderKind>("market", "limit", "stop", "take-profit");
  let filled = 0, missed = 0;
  fc.assert(
    fc.property(kinds, side, tenths, anyCandle, fc.integer({ min: 1, max: HOUR_MS - 1 }), fc.boolean(), (...own) => {
      const [kind, side, price, candle, delayMs, ioc] = own;
      const terms = ioc && (kind === "market" || kind === "limit") ? { terms: { timeInForce: "IOC" as const } } : {};
      const fillOf = (path: "random" | undefined, seed: number) => {
        const rules = { ...defaultRules, id: "late", latencyMs: [delayMs], ...(path === undefined ? {} : { path }) };
        const venue = exchangeOf(rules, FREE, { tick: "0.01" }, seed);
        venue.submit(orderOf("a", { kind, side, ...(kind === "market" ? {} : { price }), ...terms }));
        venue.open(candleOf(0, candle));
        while (venue.next());
        return fillsOf(venue.events)[0]?.basis?.unslipped ?? null;
      };
      const unknown = fillOf(undefined, 0), sign = side === "buy" ? 1 : -1;
      if (unknown === null) missed++;
      else filled++;
      // Four seeds draw both ways of most candles.
      for (let seed = 1; seed <= 4; seed++) {
        const known = fillOf("random", seed);
        // A stop loses by filling, a limit and a target gain by it.
        if (kind === "stop") assert.ok(known === null || unknown !== null, "a stop that a path reaches is taken");
        else assert.ok(unknown === null || known !== null, "a price that a path misses is not given");
        if (known !== null && unknown !== null) {
          assert.ok(sign * (unknown - known) >= -1e-9, `${unknown} is better than ${known}`);
        }
      }
    }),
    { numRuns: 20_000 },
  );
  assert.ok(filled > 5_000 && missed > 5_000, `${filled} filled, ${missed} missed`);
});

Deno.test("a late entry is liquidated where its path comes to the closed formula's price, and without a path wherever the candle does (10,000 positions)", () => {
  const market = {
    ...instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear" }),
    marginTiers: marginTiers([{ fromNotional: 0, maintenanceRate: 0.005 }]),
  };
  let liquidated = 0, held = 0;
  const path = fc.constantFrom(undefined, "nearest-extreme" as const);
  const delay = fc.integer({ min: 1, max: HOUR_MS - 1 });
  fc.assert(
    fc.property(
      anyCandle,
      side,
      delay,
      fc.integer({ min: 5, max: 60 }),
      path,
      (candle, side, delayMs, leverage, path) => {
        const venue = new Simulator({
          instruments: [market],
          cash: notional("1000"),
          leverage,
          rules: { ...defaultRules, id: "late", latencyMs: [delayMs], ...(path === undefined ? {} : { path }) },
          costs: costsOf(FREE),
          positions: { marginMode: "isolated" },
          seed: 1,
        });
        const traded = candleOf(0, candle), trader = new AnsweringTrader(venue);
        trader.send("a", { side });
        trader.trade(traded);
        const [entry] = fillsOf(trader.news), found = trader.news.find((event) => event.kind === "liquidation");
        const paid = priceToNumber(entry!.fill.price), sign = side === "buy" ? 1 : -1;
        // Long: paid × (1 − 1 ÷ leverage) ÷ (1 − 0.005); short: mirrored.
        const formula = paid * (1 - sign / leverage) / (1 - sign * 0.005);
        const [, high, low, close] = candle, worst = path === undefined ? side === "buy" ? low : high : worstAfter();
        function worstAfter(): number {
          const share = delayMs / HOUR_MS,
            points = [low, high].filter((extreme) => {
              // An extreme counts that the way comes to after the arrival.
              const isHigh = extreme === high, first = nearestIsHigh(candle) === isHigh, [open] = candle;
              const before = first ? Math.abs(extreme - open) : Math.abs((isHigh ? low : high) - open) + (high - low);
              const way = Math.abs((nearestIsHigh(candle) ? high : low) - open) + (high - low) +
                Math.abs(close - (nearestIsHigh(candle) ? low : high));
              return before >= share * way;
            });
          const all = [...points, close, entry!.basis!.unslipped];
          return side === "buy" ? Math.min(...all) : Math.max(...all);
        }
        if (Math.abs(worst / formula - 1) < 1e-7) return; // the last digit decides
        const isReached = side === "buy" ? worst <= formula : worst >= formula;
        assert.equal(found !== undefined, isReached, `${paid} ${formula} ${worst}`);
        if (found?.kind !== "liquidation") return void held++;
        liquidated++;
        const { mark, timeMs } = found.liquidation;
        assert.ok(timeMs >= entry!.fill.timeMs, "before the entry");
        // Where the entry was beyond it already, there.
        assert.ok(Math.abs(mark - formula) < 1e-6 || Math.abs(mark - entry!.basis!.unslipped) < 1e-6, `${mark}`);
      },
    ),
    RUNS,
  );
  assert.ok(liquidated > 1_000 && held > 1_000, `${liquidated} liquidated, ${held} held`);
});
