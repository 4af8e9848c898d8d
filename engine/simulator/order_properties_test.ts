// What holds for every kind of order, every rule of filling and every candle.
import assert from "node:assert/strict";
import fc from "fast-check";
import { formatPrice, priceToNumber, quantityToNumber } from "../money/mod.ts";
import type { ClientOrderId, OrderIntent, OrderKind, VenueEvent } from "../orders/mod.ts";
import {
  candleOf,
  exchangeOf,
  FREE,
  HOUR_MS,
  type Ohlcv,
  orderOf,
  type OrderSketch,
} from "../testing/simulated_exchange.ts";
import { backtestingPyRules, type CostSpec, defaultRules, type FillRules } from "./mod.ts";

const tenths = fc.integer({ min: 900, max: 1_100 }).map((n) => n / 10);
const anyCandle = fc.tuple(tenths, tenths, tenths, tenths, fc.integer({ min: 0, max: 60 })).map(
  (
    [open, a, b, close, volume],
  ): Ohlcv => [open, Math.max(open, a, b, close), Math.min(open, a, b, close), close, volume],
);
const KINDS: readonly OrderKind[] = ["market", "limit", "stop", "stop-limit", "take-profit", "trailing-stop"];

const anyTerms = fc.record({
  timeInForce: fc.constantFrom("GTC" as const, "GTC" as const, "IOC" as const, "FOK" as const),
  expiresAtMs: fc.option(fc.integer({ min: 1, max: 6 }).map((n) => n * HOUR_MS as never)),
  postOnly: fc.boolean(),
  display: fc.option(fc.integer({ min: 1, max: 3 })),
});

const anyOrder = fc.record({
  kind: fc.constantFrom(...KINDS),
  side: fc.constantFrom("buy" as const, "sell" as const),
  quantity: fc.integer({ min: 1, max: 9 }),
  price: tenths,
  limit: tenths,
  trail: fc.oneof(
    fc.constant({ kind: "fraction" as const, fraction: 0.03 }),
    fc.constant({ kind: "distance" as const, distanceQuote: 2.5 }),
  ),
  terms: anyTerms,
  reduceOnly: fc.boolean(),
  /** Before which candle it is sent, and taken back; it may never be. */
  sentAt: fc.integer({ min: 0, max: 4 }),
  cancelledAt: fc.option(fc.integer({ min: 0, max: 5 })),
});
type AnyOrder = typeof anyOrder extends fc.Arbitrary<infer T> ? T : never;

function sketchOf({ kind, side, quantity, price, limit, trail, terms, reduceOnly }: AnyOrder): OrderSketch {
  return {
    kind,
    side,
    quantity,
    reduceOnly,
    ...(kind === "market" ? {} : { price }),
    ...(kind === "stop-limit" ? { limit } : {}),
    ...(kind === "trailing-stop" ? { trail } : {}),
    terms: {
      timeInForce: kind === "market" || kind === "limit" ? terms.timeInForce : "GTC",
      expiresAtMs: terms.expiresAtMs,
      postOnly: terms.postOnly && kind === "limit" && terms.timeInForce === "GTC",
      ...(terms.display === null || kind !== "limit" ? {} : { display: terms.display }),
    },
  };
}

const anyRules = fc.record({
  base: fc.constantFrom(defaultRules, backtestingPyRules),
  limitFill: fc.constantFrom("through" as const, "touch" as const, "queue" as const),
  path: fc.constantFrom(undefined, "nearest-extreme" as const, "random" as const),
  volumeShare: fc.constantFrom(undefined, 0.1, 0.5),
  latencyMs: fc.constantFrom(undefined, [0, HOUR_MS / 2, 2 * HOUR_MS]),
}).map(({ base, limitFill, path, volumeShare, latencyMs }): FillRules => ({
  ...base,
  id: "any",
  sizeAt: "decision",
  limitFill,
  ...(limitFill === "queue" ? { queue: { aheadShare: 0.2, tradedShare: 0.5 } } : {}),
  ...(path === undefined ? {} : { path }),
  ...(volumeShare === undefined ? {} : { volumeShare }),
  ...(latencyMs === undefined ? {} : { latencyMs }),
}));

const world = fc.record({
  rules: anyRules,
  candles: fc.array(anyCandle, { minLength: 2, maxLength: 6 }),
  orders: fc.array(anyOrder, { minLength: 1, maxLength: 6 }),
  slips: fc.boolean(),
  seed: fc.integer({ min: 0, max: 1_000 }),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

interface Told {
  readonly orders: ReadonlyMap<string, OrderIntent>;
  /** What the exchange said in each candle. */
  readonly events: readonly (readonly VenueEvent[])[];
  readonly position: bigint;
}

function run({ rules, candles, orders, slips, seed }: World): Told {
  const costs: CostSpec = slips ? { ...FREE, makerBps: 2, takerBps: 5, slippage: { kind: "fixed", bps: 30 } } : FREE;
  const venue = exchangeOf(rules, costs, { tick: "0.1", lot: "1" }, seed);
  const intents = new Map<string, OrderIntent>(), events: VenueEvent[][] = [];
  candles.forEach((prices, index) => {
    orders.forEach((order, i) => {
      const intent = orderOf(`o${i}`, sketchOf(order));
      if (order.sentAt === index) venue.submit(intent);
      if (order.sentAt === index) intents.set(intent.clientOrderId, intent);
      if (order.cancelledAt === index) venue.cancel(`o${i}` as ClientOrderId);
    });
    const candle = candleOf(index, prices);
    venue.open(candle);
    while (venue.next());
    venue.close(candle);
    events.push(venue.events.splice(0));
  });
  return { orders: intents, events, position: venue.account.position(0) };
}

function holds(name: string, check: (told: Told, world: World) => void): void {
  Deno.test(`${name} (10,000 worlds of orders of all kinds)`, () => {
    fc.assert(fc.property(world, (one) => check(run(one), one)), { numRuns: 10_000 });
  });
}

const fillsOf = (events: readonly VenueEvent[]) => events.filter((event) => event.kind === "fill");

holds("no order is filled outside [low, high] of its candle before slippage", ({ events }, { candles }) => {
  events.forEach((own, index) => {
    const [, high, low] = candles[index]!;
    for (const { basis } of fillsOf(own)) {
      assert.ok(basis!.unslipped >= low && basis!.unslipped <= high, `${basis!.unslipped} is not in ${low} … ${high}`);
    }
  });
});

holds("no order trades at a price worse than its limit, slippage included", ({ orders, events }, { rules, slips }) => {
  if (slips && rules.slips === "entries") return; // a spread that is paid on top
  for (const { fill } of fillsOf(events.flat())) {
    const { kind, side, price, limitPrice } = orders.get(fill.clientOrderId)!;
    const limit = kind === "limit" ? price : limitPrice;
    if (limit === null) continue;
    assert.ok(
      side === "buy" ? fill.price <= limit : fill.price >= limit,
      `${formatPrice(fill.price)} for ${formatPrice(limit)}`,
    );
  }
});

holds(
  "no order is filled for more than its quantity, and one that is to trade whole or not at all does",
  ({ orders, events }) => {
    const filled = new Map<string, bigint>();
    for (const { fill } of fillsOf(events.flat())) {
      filled.set(fill.clientOrderId, (filled.get(fill.clientOrderId) ?? 0n) + fill.quantity);
    }
    for (const [id, quantity] of filled) {
      const { quantity: wanted, terms } = orders.get(id)!;
      assert.ok(quantity <= wanted);
      if (terms.timeInForce === "FOK") assert.equal(quantity, wanted);
    }
  },
);

holds(
  "all orders of a candle together trade no more than their share of its volume",
  ({ events }, { candles, rules }) => {
    if (rules.volumeShare === undefined) return;
    events.forEach((own, index) => {
      const sum = fillsOf(own).reduce((all, { fill }) => all + quantityToNumber(fill.quantity), 0);
      assert.ok(sum <= rules.volumeShare! * candles[index]![4]! + 1e-9, `${sum} of ${candles[index]![4]}`);
    });
  },
);

holds(
  "an order ends once and says how much was filled; nothing of it trades afterwards, or after its time",
  ({ orders, events }, { candles }) => {
    const ended = new Set<string>(), filled = new Map<string, bigint>();
    events.forEach((own, index) => {
      for (const event of own) {
        if (event.kind === "charge" || event.kind === "liquidation") continue;
        const id = event.kind === "fill" ? event.fill.clientOrderId : event.clientOrderId;
        assert.ok(!ended.has(id), `${id} has ended, and then ${event.kind}`);
        if (event.kind === "fill") {
          const { quantity, terms: { expiresAtMs } } = orders.get(id)!;
          filled.set(id, (filled.get(id) ?? 0n) + event.fill.quantity);
          if (filled.get(id) === quantity) ended.add(id);
          // In the candle in which its time is up it may have the open and no more.
          const { kind, terms: { postOnly } } = orders.get(id)!, opened = candles[index]![0];
          const isAtOpen = index * HOUR_MS < expiresAtMs! &&
            (event.basis!.unslipped === opened || postOnly || kind === "market");
          if (expiresAtMs !== null) assert.ok((index + 1) * HOUR_MS <= expiresAtMs || isAtOpen, `${id} traded late`);
        } else if (event.kind === "ended") {
          assert.equal(event.filled, filled.get(id) ?? 0n);
          ended.add(id);
        } else if (event.kind === "refused") ended.add(id);
      }
    });
  },
);

holds("what only adds liquidity never takes, and what may not rest trades in one candle only", ({ orders, events }) => {
  const candlesOf = new Map<string, Set<number>>();
  events.forEach((own, index) => {
    for (const { fill } of fillsOf(own)) {
      const { terms } = orders.get(fill.clientOrderId)!;
      if (terms.postOnly) assert.equal(fill.liquidity, "maker");
      if (terms.timeInForce === "GTC") continue;
      const seen = candlesOf.get(fill.clientOrderId) ?? new Set();
      candlesOf.set(fill.clientOrderId, seen.add(index));
      assert.equal(seen.size, 1);
    }
  });
});

holds(
  "orders that only reduce never turn a position, and the account is the sum of the fills",
  ({ orders, events, position }) => {
    let held = 0n;
    for (const { fill } of fillsOf(events.flat())) {
      const before = held, change = fill.side === "buy" ? fill.quantity : -fill.quantity;
      held += change;
      if (!orders.get(fill.clientOrderId)!.reduceOnly) continue;
      const size = (n: bigint) => n < 0n ? -n : n;
      assert.ok(size(held) < size(before) && before * held >= 0n, `${before} → ${held}`);
    }
    assert.equal(held, position);
  },
);

holds("the same seed gives the same news", (told, one) => {
  const text = ({ events }: Told) =>
    JSON.stringify(events, (_, value) => typeof value === "bigint" ? `${value}` : value);
  assert.equal(text(run(one)), text(told));
});

Deno.test("the worlds of these properties hold what they are about", () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  for (const one of fc.sample(world, { numRuns: 3_000, seed: 1 })) {
    const { orders, events } = run(one);
    for (const event of events.flat()) {
      if (event.kind === "ended") count(event.state);
      if (event.kind === "refused") count(event.code);
      if (event.kind !== "fill") continue;
      const { kind, terms, quantity } = orders.get(event.fill.clientOrderId)!;
      count(kind);
      count(event.basis!.rule);
      count(event.fill.liquidity);
      count(terms.timeInForce);
      if (terms.postOnly) count("post-only fill");
      if (terms.displayQuantity !== null) count("iceberg fill");
      if (event.fill.quantity < quantity) count("part");
      if (priceToNumber(event.fill.price) !== event.basis!.unslipped) count("slipped");
    }
  }
  const wanted = [...KINDS, "GTC", "IOC", "FOK", "maker", "taker", "part", "slipped", "post-only fill", "iceberg fill"];
  const rules = ["next-open", "limit", "limit-gap", "stop", "stop-gap", "take-profit", "take-profit-gap", "on-path"];
  for (const what of [...wanted, ...rules, "cancelled", "expired", "post-only"]) {
    assert.ok((seen.get(what) ?? 0) >= 20, `${what}: only ${seen.get(what) ?? 0}`);
  }
});
