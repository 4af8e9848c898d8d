// Fills at the edges of what a candle tells: met again, without one before, on the wrong side of the market.
import assert from "node:assert/strict";
import { quantityToNumber } from "../money/mod.ts";
import { candleOf, exchangeOf, FREE, HOUR_MS, orderOf, trade } from "../testing/simulated_exchange.ts";
import { backtestingPyOnCloseRules, defaultRules, freqtradeRules, type Simulator, thisCloseRules } from "./mod.ts";

const filled = (venue: Simulator) =>
  venue.events.flatMap((event) =>
    event.kind === "fill" ? [[quantityToNumber(event.fill.quantity), event.basis!.unslipped, event.basis!.rule]] : []
  );

Deno.test("a candle that is traded once more at the end of the data has no more volume than was left of it", () => {
  const venue = exchangeOf({ ...defaultRules, volumeShare: 0.1 });
  const last = candleOf(0, [100, 101, 99, 100, 50]);
  // 5 of 50 are for own orders: 3 are bought, so 2 can be sold.
  venue.submit(orderOf("in", { quantity: 3 }));
  trade(venue, last);
  venue.submit(orderOf("out", { side: "sell", quantity: 3, reduceOnly: true }));
  trade(venue, last);
  assert.deepEqual(filled(venue), [[3, 100, "next-open"], [2, 100, "next-open"]]);
});

Deno.test("an order at the close of a candle that nothing else has traded gets no more than its share of that volume", () => {
  const venue = exchangeOf({ ...thisCloseRules, volumeShare: 0.1 });
  // Nothing rested, so the candle was not traded before its close. 4 of 40 are for own orders.
  const idle = candleOf(0, [100, 101, 99, 100, 40]);
  venue.close(idle);
  venue.submit(orderOf("in", { quantity: 9 }));
  venue.atClose(idle);
  assert.deepEqual(filled(venue), [[4, 100, "this-close"]]);
});

Deno.test("where the close before fills, an order in the first candle waits: there is none", () => {
  const venue = exchangeOf(backtestingPyOnCloseRules);
  const first = candleOf(0, [100, 101, 99, 100]);
  trade(venue, first);
  venue.submit(orderOf("in", {}));
  // The closing pass trades the only candle again.
  assert.deepEqual(trade(venue, first), []);
  trade(venue, candleOf(1, [102, 103, 101, 102]));
  assert.deepEqual(filled(venue), [[1, 100, "previous-close"]]);
});

Deno.test("where a jumped stop fills at the close before, a candle that is traded again counts the one before itself", () => {
  const venue = exchangeOf(backtestingPyOnCloseRules);
  trade(venue, candleOf(0, [100, 101, 99, 100]));
  const last = candleOf(1, [104, 106, 103, 105]);
  trade(venue, last);
  venue.submit(orderOf("in", { kind: "stop", price: 102 }));
  trade(venue, last);
  // max(100, 102), and not max(105, 102), its own close.
  assert.deepEqual(filled(venue), [[1, 102, "stop"]]);
});

Deno.test("what a candle's close has used of its volume is gone for the finer candles within it", () => {
  const venue = exchangeOf({ ...thisCloseRules, volumeShare: 0.1 });
  const hour = candleOf(0, [100, 101, 99, 100, 40]);
  venue.close(hour);
  venue.submit(orderOf("in", { quantity: 3 }));
  venue.atClose(hour);
  venue.submit(orderOf("out", { side: "sell", quantity: 3, reduceOnly: true }));
  // Of the hour's 4 for own orders one is left, whatever the volume of its second half.
  trade(venue, { ...hour, openTimeMs: [HOUR_MS / 2], volume: [20] });
  assert.deepEqual(filled(venue), [[3, 100, "this-close"], [1, 100, "next-open"]]);
});

Deno.test("a trailing stop that a wide tick moves over the best price of its candle is reached there", () => {
  const venue = exchangeOf(freqtradeRules, FREE, { tick: "5" });
  venue.submit(orderOf("in", {}));
  trade(venue, candleOf(0, [100, 100, 100, 100]));
  const trail = { kind: "fraction" as const, fraction: 0.01 };
  venue.submit(orderOf("out", { kind: "trailing-stop", side: "sell", price: 95, trail, reduceOnly: true }));
  // 1 % below the best price of 99 is 98.01, which is 100 on the tick: no market was there.
  trade(venue, candleOf(1, [97, 99, 96, 98]));
  assert.deepEqual(filled(venue), [[1, 100, "next-open"], [1, 99, "trailing-stop"]]);
});

Deno.test("an exit of which less is held than it asks for ends because nothing is left to reduce", () => {
  const venue = exchangeOf(defaultRules);
  venue.submit(orderOf("in", { quantity: 2 }));
  trade(venue, candleOf(0, [100, 100, 100, 100]));
  venue.submit(orderOf("out", { side: "sell", quantity: 3, reduceOnly: true }));
  trade(venue, candleOf(1, [100, 100, 100, 100]));
  const ended = venue.events.find((event) => event.kind === "ended");
  assert.equal(ended?.reason, "nothing left to reduce");
});

/** A limit of 97 that fills inside the candle, and a stop that is sent when it has. */
function stoppedInside(trigger: number, low: number) {
  const venue = exchangeOf(defaultRules);
  const candle = candleOf(0, [100, 101, low, 98]);
  venue.submit(orderOf("in", { kind: "limit", price: 97 }));
  venue.open(candle);
  assert.ok(venue.next());
  venue.submit(orderOf("stop", { kind: "stop", side: "sell", price: trigger, reduceOnly: true }));
  while (venue.next());
  return filled(venue);
}

Deno.test("a stop on the wrong side of an entry inside a candle goes to the market there, and not at its trigger", () => {
  assert.deepEqual(stoppedInside(96, 95), [[1, 97, "limit"], [1, 96, "stop-after-entry"]]);
  assert.deepEqual(stoppedInside(96, 96.5), [[1, 97, "limit"]]);
  // At 99 the stop would earn 2 by a price that the market had before the entry; at 200 one that it never had.
  assert.deepEqual(stoppedInside(99, 95), [[1, 97, "limit"], [1, 97, "stop-after-entry"]]);
  assert.deepEqual(stoppedInside(200, 95), [[1, 97, "limit"], [1, 97, "stop-after-entry"]]);
});

Deno.test("where the volume of a candle is not known, neither its share nor the queue gives anything", () => {
  const unknown = candleOf(0, [100, 101, 99, 100, NaN]), known = candleOf(1, [100, 101, 99, 100, 20]);
  const shared = exchangeOf({ ...defaultRules, volumeShare: 0.1 });
  shared.submit(orderOf("in", { quantity: 3 }));
  trade(shared, unknown, known);
  assert.deepEqual(filled(shared), [[2, 100, "next-open"]]);
  // 4 of 20 stand before it, of the 10 that trade there 6 are left for it.
  const queued = exchangeOf({ ...defaultRules, limitFill: "queue", queue: { aheadShare: 0.2, tradedShare: 0.5 } });
  queued.submit(orderOf("in", { kind: "limit", price: 99, quantity: 9 }));
  trade(queued, unknown, known);
  assert.deepEqual(filled(queued), [[6, 99, "limit"]]);
});

Deno.test("a tick wider than the price is an error of the input, and no sale for nothing", () => {
  const venue = exchangeOf(defaultRules, FREE, { tick: "150", kind: "inverse" });
  venue.submit(orderOf("out", { side: "sell" }));
  assert.throws(
    () => trade(venue, candleOf(0, [100, 101, 99, 100])),
    /a sale of BTC\/USDT at 100 has no price on its tick of 150: state the tick that the market has/,
  );
});
