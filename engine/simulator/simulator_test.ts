import assert from "node:assert/strict";
import fc from "fast-check";
import { instrument, type InstrumentOptions } from "../market/mod.ts";
import { formatPrice, notional, price, priceToNumber, type Quantity, quantity } from "../money/mod.ts";
import {
  type ClientOrderId,
  type Fill,
  type OrderIntent,
  PLAIN_TERMS,
  type Recorded,
  type RiskApproved,
} from "../orders/mod.ts";
import { candleOf, FREE, HOUR_MS as HOUR, trade } from "../testing/simulated_exchange.ts";
import type { TimestampMs } from "../time/mod.ts";
import {
  backtestingPyOnCloseRules,
  backtestingPyRules,
  costsOf,
  defaultRules,
  type FillRules,
  Simulator,
  thisCloseRules,
} from "./mod.ts";

function exchange(
  rules: FillRules = defaultRules,
  costs = FREE,
  options: Partial<InstrumentOptions> = {},
  cash = "1000000",
): Simulator {
  const market = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear", ...options });
  return new Simulator({
    instruments: [market],
    cash: notional(cash),
    leverage: 1,
    rules,
    costs: costsOf(costs),
    seed: 1,
  });
}

function order(id: string, part: Partial<OrderIntent>): Recorded<RiskApproved<OrderIntent>> {
  return {
    clientOrderId: id as ClientOrderId,
    instrument: "test:BTC/USDT",
    book: 0,
    slot: "entry",
    decidedAtMs: 0 as TimestampMs,
    side: "buy",
    kind: "market",
    quantity: quantity("1"),
    price: null,
    reduceOnly: false,
    limitPrice: null,
    trail: null,
    terms: PLAIN_TERMS,
    sizeAtFill: null,
    reason: "test",
    ...part,
  } as Recorded<RiskApproved<OrderIntent>>;
}

function candle(index: number, open: number, high: number, low: number, close: number) {
  return candleOf(index, [open, high, low, close]);
}

/** A venue that holds one coin bought at 100 on candle 0, then trades candle 1 with these protective orders resting. */
function holding(
  rules: FillRules,
  stop: string | null,
  target: string | null,
  next: ReturnType<typeof candle>,
): Fill[] {
  const venue = exchange(rules);
  venue.submit(order("entry", {}));
  trade(venue, candle(0, 100, 101, 99, 100));
  const close = { side: "sell", reduceOnly: true } as const;
  if (target) venue.submit(order("target", { ...close, slot: "target", kind: "limit", price: price(target) }));
  if (stop) venue.submit(order("stop", { ...close, slot: "stop", kind: "stop", price: price(stop) }));
  return trade(venue, next).slice(1);
}
const outcome = (fills: Fill[]) => fills.map((fill) => `${fill.clientOrderId} ${formatPrice(fill.price)}`).join(", ");

Deno.test("a market order fills at the open of the next candle, slippage against it and rounded to the tick", () => {
  const venue = exchange(defaultRules, { ...FREE, slippage: { kind: "fixed", bps: 7 } }, { tick: "0.01" });
  venue.submit(order("buy", {}));
  venue.submit(order("sell", { side: "sell", slot: "close" }));
  const [buy, sell] = trade(venue, candle(0, 123.45, 130, 120, 125));
  assert.equal(formatPrice(buy!.price), "123.54"); // 123.536415 up
  assert.equal(formatPrice(sell!.price), "123.36"); // 123.363585 down
  assert.equal(buy!.timeMs, 0);
});

Deno.test("a market order fills at the close on which it was decided, at once or before the next candle, as the rules say", () => {
  const atOnce = exchange(thisCloseRules);
  trade(atOnce, candle(0, 100, 101, 99, 100.5));
  atOnce.submit(order("buy", {}));
  atOnce.atClose(candle(0, 100, 101, 99, 100.5));
  const [now] = atOnce.events.filter((event) => event.kind === "fill").map((event) => event.fill);
  assert.deepEqual([formatPrice(now!.price), now!.timeMs], ["100.5", HOUR]);
  const venue = exchange(backtestingPyOnCloseRules);
  trade(venue, candle(0, 100, 101, 99, 100.5));
  venue.submit(order("buy", {}));
  const [buy] = trade(venue, candle(1, 103, 104, 102, 103));
  assert.equal(formatPrice(buy!.price), "100.5");
  assert.equal(buy!.timeMs, HOUR);
});

Deno.test("stops and targets meet a candle as the rules say (10 cases)", () => {
  const cases: [string, FillRules, string | null, string | null, [number, number, number, number], string][] = [
    ["stop inside the candle: at the trigger", defaultRules, "95", "110", [100, 101, 94, 96], "stop 95"],
    ["candle opens below the stop: at the open", defaultRules, "95", "110", [93, 94, 92, 93], "stop 93"],
    ["stop touched exactly: filled", defaultRules, "95", null, [100, 101, 95, 96], "stop 95"],
    ["target traded through: at the limit", defaultRules, "95", "110", [100, 111, 99, 105], "target 110"],
    ["target only touched: not filled by default", defaultRules, "95", "110", [100, 110, 99, 105], ""],
    [
      "target only touched: filled where touch is enough",
      backtestingPyRules,
      "95",
      "110",
      [100, 110, 99, 105],
      "target 110",
    ],
    ["candle opens above the target: at the open", defaultRules, "95", "110", [112, 113, 111, 112], "target 112"],
    ["both inside one candle: the stop", defaultRules, "95", "110", [100, 111, 94, 100], "stop 95"],
    [
      "open above the target, stop touched later: the target came first",
      defaultRules,
      "95",
      "110",
      [112, 113, 94, 95],
      "target 112",
    ],
    ["the same, tested together: the stop", backtestingPyRules, "95", "110", [112, 113, 94, 95], "stop 95"],
  ];
  for (const [name, rules, stop, target, [o, h, l, c], expected] of cases) {
    assert.equal(outcome(holding(rules, stop, target, candle(1, o, h, l, c))), expected, name);
  }
});

Deno.test("a candle that reaches stop and target is counted as ambiguous, with its time", () => {
  const venue = exchange();
  venue.submit(order("entry", {}));
  trade(venue, candle(0, 100, 101, 99, 100));
  const close = { side: "sell", reduceOnly: true } as const;
  venue.submit(order("target", { ...close, kind: "limit", price: price("110") }));
  venue.submit(order("stop", { ...close, kind: "stop", price: price("95") }));
  trade(venue, candle(1, 100, 111, 94, 100));
  assert.deepEqual(venue.ambiguous, [{ timeMs: HOUR, filledMs: HOUR, instrument: 0, book: 0 }]);
  assert.equal(venue.account.position(0), 0n);
});

Deno.test("an order that only reduces ends when there is nothing to reduce, and never turns the position", () => {
  const venue = exchange();
  venue.submit(order("entry", {}));
  venue.submit(order("close", { side: "sell", reduceOnly: true, quantity: quantity("3") }));
  const fills = trade(venue, candle(0, 100, 101, 99, 100));
  assert.deepEqual(fills.map((fill) => fill.quantity), [quantity("1"), quantity("1")]);
  assert.equal(venue.account.position(0), 0n);
});

Deno.test("a spot purchase beyond the cash is cut to what the cash buys, to the last lot", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9_999_999 }),
      fc.integer({ min: 0, max: 100 }),
      fc.constantFrom("received" as const, "quote" as const),
      (cents, takerBps, feeAsset) => {
        const venue = exchange(defaultRules, { ...FREE, takerBps }, {
          kind: "spot",
          lot: "0.0001",
          tick: "0.01",
          feeAsset,
        }, "1000");
        venue.submit(order("buy", { quantity: quantity("1000000") }));
        const open = cents / 100;
        const [fill] = trade(venue, candle(0, open, open, open, open));
        assert.ok(venue.account.cash >= 0n);
        if (!fill) return assert.ok(open * 0.0001 * (1 + takerBps / 1e4) > 999);
        const oneLotMore = fill.price * ((fill.quantity + quantity("0.0001")) as Quantity);
        const fee = fill.feeFrom === "position" ? 0n : oneLotMore * BigInt(takerBps) / 10_000n;
        assert.ok(oneLotMore + fee > notional("1000"), "one more lot would have fitted");
        assert.equal(venue.cutEntries, 1);
      },
    ),
    { numRuns: 2_000 },
  );
});

Deno.test("a contract beyond the margin is cancelled where the rules say so", () => {
  const venue = exchange(backtestingPyRules, FREE, {}, "150");
  venue.submit(order("buy", { quantity: quantity("2") }));
  assert.deepEqual(trade(venue, candle(0, 100, 101, 99, 100)), []);
  assert.ok(venue.events.some((event) => event.kind === "ended"));
});

Deno.test("what closes an opposite position needs no funds, and frees them for the rest of its order", () => {
  // Of the 4 that are left when 3 have been closed, 350 pays for 3.5: none by the one rule set, 3.5 by the other.
  for (const [rules, left] of [[backtestingPyRules, 0n], [defaultRules, -quantity("3.5")]] as const) {
    const venue = exchange(rules, FREE, {}, "350");
    venue.submit(order("buy", { quantity: quantity("3") }));
    trade(venue, candle(0, 100, 100, 100, 100));
    venue.submit(order("sell", { side: "sell", quantity: quantity("7") }));
    trade(venue, candle(1, 100, 100, 100, 100));
    assert.equal(venue.account.position(0), left);
  }
});

Deno.test("fees: taker for market and stop, maker for limit, rounded up, in the asset that the instrument names", () => {
  const costs = { ...FREE, makerBps: 2, takerBps: 10 };
  const venue = exchange(defaultRules, costs, { kind: "spot" });
  venue.submit(order("buy", { quantity: quantity("0.33333333") }));
  const [buy] = trade(venue, candle(0, 100.01, 101, 99, 100));
  assert.deepEqual([buy!.feeAsset, buy!.feeFrom, buy!.fee], ["BTC", "position", notional("0.00033334")]);
  venue.submit(
    order("sell", { side: "sell", reduceOnly: true, kind: "limit", price: price("110"), quantity: quantity("0.33") }),
  );
  const [, sell] = trade(venue, candle(1, 100, 111, 99, 100));
  assert.deepEqual([sell!.feeAsset, sell!.feeFrom, sell!.fee], ["USDT", "cash", notional("0.00726")]); // 36.3 × 0.0002
});

Deno.test("no order is filled outside the candle before slippage, over 10,000 random candles and orders", () => {
  const anyCandle = fc.array(fc.integer({ min: 1_000, max: 2_000 }), { minLength: 4, maxLength: 4 }).map((p) => {
    const [open, a, b, close] = p.map((cents) => cents / 10) as [number, number, number, number];
    return { open, high: Math.max(open, a, b, close), low: Math.min(open, a, b, close), close };
  });
  fc.assert(
    fc.property(
      fc.array(anyCandle, { minLength: 2, maxLength: 6 }),
      fc.array(
        fc.record({
          kind: fc.constantFrom("market" as const, "stop" as const, "limit" as const),
          side: fc.constantFrom("buy" as const, "sell" as const),
          at: fc.integer({ min: 1_000, max: 2_000 }),
          reduceOnly: fc.boolean(),
        }),
        { maxLength: 6 },
      ),
      fc.constantFrom(defaultRules, backtestingPyRules),
      (candles, orders, rules) => {
        const venue = exchange(rules);
        orders.forEach((o, i) =>
          venue.submit(order(`o${i}`, { ...o, price: o.kind === "market" ? null : price(String(o.at / 10)) }))
        );
        candles.forEach((c, i) => {
          const before = venue.events.length;
          trade(venue, candle(i, c.open, c.high, c.low, c.close));
          for (const event of venue.events.slice(before)) {
            if (event.kind !== "fill") continue;
            const at = priceToNumber(event.fill.price);
            assert.ok(at >= c.low && at <= c.high, `${at} is outside ${c.low} … ${c.high}`);
          }
        });
      },
    ),
    { numRuns: 10_000 },
  );
});

Deno.test("an order of a name that exists is refused, not executed twice", () => {
  const venue = exchange();
  venue.submit(order("same", {}));
  venue.submit(order("same", {}));
  assert.equal(trade(venue, candle(0, 100, 101, 99, 100)).length, 1);
  assert.ok(venue.events.some((event) => event.kind === "refused" && event.code === "duplicate-id"));
});

Deno.test("a query finds an order with its fills after it ended, and misses one that never came", () => {
  const venue = exchange();
  venue.submit(order("a", {}));
  trade(venue, candle(0, 100, 101, 99, 100));
  venue.events.length = 0;
  venue.query("a" as ClientOrderId);
  venue.query("b" as ClientOrderId);
  assert.deepEqual(venue.events.map((event) => [event.kind, "state" in event ? event.state : ""]), [
    ["found", "filled"],
    ["missing", ""],
  ]);
});
