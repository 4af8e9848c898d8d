// Worked examples at the exchange: each kind of order, each term, late and partial trades, by hand.
import assert from "node:assert/strict";
import { formatPrice, quantityToNumber } from "../money/mod.ts";
import type { ClientOrderId } from "../orders/mod.ts";
import {
  candleOf,
  exchangeOf,
  FREE,
  HOUR_MS,
  type Ohlcv,
  orderOf,
  type OrderSketch,
  trade,
} from "../testing/simulated_exchange.ts";
import { type CostSpec, defaultRules, type FillRules, type Simulator } from "./mod.ts";

const rules = (part: Partial<FillRules>): FillRules => ({ ...defaultRules, id: "test", ...part });
const flat: Ohlcv = [100, 100, 100, 100];

/** `2@99 maker limit` for each fill, then how the order ended. */
function told(venue: Simulator): string {
  return venue.events.flatMap((event) => {
    if (event.kind === "ended") return [event.state];
    if (event.kind === "refused") return [`refused ${event.code}`];
    if (event.kind !== "fill") return [];
    const { fill: { quantity, price, liquidity }, basis } = event;
    return [`${quantityToNumber(quantity)}@${formatPrice(price)} ${liquidity} ${basis!.rule}`];
  }).join(", ");
}

/** A flat candle at 100, then the order, then the candles. */
function story(
  sketch: OrderSketch,
  candles: readonly Ohlcv[],
  part: Partial<FillRules> = {},
  costs?: CostSpec,
): string {
  const venue = exchangeOf(rules(part), costs, { tick: "0.01" });
  trade(venue, candleOf(0, flat));
  venue.submit(orderOf("a", sketch));
  candles.forEach((prices, i) => trade(venue, candleOf(i + 1, prices)));
  return told(venue);
}

Deno.test("each kind of order in a candle, by path or without one (25 cases)", () => {
  const path = { path: "nearest-extreme" } as const;
  const cases: [string, OrderSketch, Ohlcv[], string, Partial<FillRules>?][] = [
    ["limit traded through", { kind: "limit", price: 98 }, [[100, 101, 97, 99]], "1@98 maker limit"],
    ["limit opened beyond", { kind: "limit", price: 98 }, [[97, 99, 96, 98]], "1@97 maker limit-gap"],
    ["limit touched", { kind: "limit", price: 98 }, [[100, 101, 98, 99]], ""],
    ["limit touched where that is enough", { kind: "limit", price: 98 }, [[100, 101, 98, 99]], "1@98 maker limit", {
      limitFill: "touch",
    }],
    [
      "limit at the market when it is sent: takes",
      { kind: "limit", price: 101 },
      [[100, 101, 99, 100]],
      "1@100 taker limit-gap",
    ],
    ["the same, but the market has run away: rests, and gives", { kind: "limit", price: 101 }, [[103, 104, 102, 103], [
      102,
      103,
      100,
      101,
    ]], "1@101 maker limit"],
    ["stop", { kind: "stop", price: 102 }, [[100, 103, 99, 101]], "1@102 taker stop"],
    ["stop touched", { kind: "stop", price: 102 }, [[100, 102, 99, 101]], "1@102 taker stop"],
    ["stop jumped over", { kind: "stop", price: 102 }, [[104, 105, 103, 104]], "1@104 taker stop-gap"],
    ["stop-limit", { kind: "stop-limit", price: 102, limit: 103 }, [[100, 103, 99, 101]], "1@102 taker stop"],
    ["stop-limit jumped over, then back", { kind: "stop-limit", price: 102, limit: 103 }, [[104, 105, 103.5, 104], [
      104,
      104,
      102,
      103,
    ]], "1@103 maker limit"],
    [
      "stop-limit whose limit lies behind the trigger waits for the next candle",
      { kind: "stop-limit", price: 102, limit: 101 },
      [[100, 103, 99, 100.5], [101.5, 102, 100, 101]],
      "1@101 maker limit",
    ],
    [
      "the same on a path: the way back is known",
      { kind: "stop-limit", price: 102, limit: 101 },
      [[101.5, 103, 99, 100.5]],
      "1@101 maker limit",
      path,
    ],
    [
      "take-profit of a sale",
      { kind: "take-profit", side: "sell", price: 103 },
      [[100, 103, 99, 101]],
      "1@103 taker take-profit",
    ],
    [
      "take-profit jumped over",
      { kind: "take-profit", side: "sell", price: 103 },
      [[105, 106, 104, 105]],
      "1@105 taker take-profit-gap",
    ],
    [
      "trailing stop: the high of a candle counts from the next one on",
      { kind: "trailing-stop", side: "sell", price: 95, trail: { kind: "distance", distanceQuote: 5 } },
      [[100, 110, 99, 106], [106, 107, 104, 106]],
      "1@105 taker trailing-stop",
    ],
    [
      "trailing stop by a share",
      { kind: "trailing-stop", side: "sell", price: 90, trail: { kind: "fraction", fraction: 0.1 } },
      [[100, 120, 99, 118], [118, 119, 107, 110]],
      "1@108 taker trailing-stop",
    ],
    [
      "trailing stop on a path: moved inside the candle",
      { kind: "trailing-stop", side: "sell", price: 95, trail: { kind: "distance", distanceQuote: 5 } },
      [[100, 102, 96, 98]],
      "1@97 taker trailing-stop",
      path,
    ],
    ["trailing stop of a short", { kind: "trailing-stop", price: 105, trail: { kind: "distance", distanceQuote: 5 } }, [
      [100, 101, 90, 92],
      [92, 96, 91, 95],
    ], "1@95 taker trailing-stop"],
    ["market", {}, [[101, 102, 100, 101]], "1@101 taker next-open"],
    [
      "stop sent beyond the market trades at the open",
      { kind: "stop", price: 99 },
      [[100, 101, 98, 100]],
      "1@100 taker stop-gap",
    ],
    ["limit of a sale", { kind: "limit", side: "sell", price: 103 }, [[100, 104, 99, 101]], "1@103 maker limit"],
    [
      "expired before the candle closes, and at the open it was still there",
      { kind: "limit", price: 98, terms: { expiresAtMs: 2 * HOUR_MS - 1 as never } },
      [[97, 101, 96, 99]],
      "1@97 maker limit-gap",
    ],
    [
      "expired before the candle closes",
      { kind: "limit", price: 98, terms: { expiresAtMs: 2 * HOUR_MS - 1 as never } },
      [[100, 101, 97, 99]],
      "expired",
    ],
    ["post-only opened beyond, and never seen at its price", { kind: "limit", price: 98, terms: { postOnly: true } }, [[
      96,
      97,
      95,
      96,
    ]], "1@97 maker limit-gap"],
  ];
  for (const [name, sketch, candles, expected, part] of cases) {
    assert.equal(story(sketch, candles, part), expected, name);
  }
});

Deno.test("volumes make parts, and terms say what becomes of the rest (10 cases)", () => {
  const half = { volumeShare: 0.5 };
  const cases: [string, OrderSketch, Ohlcv[], string][] = [
    ["market: at the next opens", { quantity: 5 }, [[100, 101, 99, 100, 4], [102, 103, 101, 102, 4], [
      104,
      104,
      104,
      104,
      4,
    ]], "2@100 taker next-open, 2@102 taker next-open, 1@104 taker next-open"],
    [
      "market IOC",
      { quantity: 5, terms: { timeInForce: "IOC" } },
      [[100, 101, 99, 100, 4], flat],
      "2@100 taker next-open, expired",
    ],
    ["market FOK", { quantity: 5, terms: { timeInForce: "FOK" } }, [[100, 101, 99, 100, 4], flat], "expired"],
    ["limit: where it is traded through", { kind: "limit", price: 98, quantity: 3 }, [[100, 101, 97, 99, 4], [
      99,
      100,
      97,
      98,
      4,
    ]], "2@98 maker limit, 1@98 maker limit"],
    ["limit IOC", { kind: "limit", price: 101, quantity: 3, terms: { timeInForce: "IOC" } }, [
      [100, 101, 97, 99, 4],
      flat,
    ], "2@100 taker next-open, expired"],
    ["limit IOC far from the candle", { kind: "limit", price: 90, terms: { timeInForce: "IOC" } }, [
      [100, 101, 97, 99, 4],
      flat,
    ], "expired"],
    ["limit FOK that fits", { kind: "limit", price: 101, quantity: 2, terms: { timeInForce: "FOK" } }, [[
      100,
      101,
      97,
      99,
      4,
    ]], "2@100 taker next-open"],
    ["stop: once triggered it follows the market wherever it is", { kind: "stop", price: 102, quantity: 3 }, [[
      100,
      103,
      99,
      100,
      4,
    ], [99, 100, 98, 99, 4]], "2@102 taker stop, 1@99 taker next-open"],
    ["take-profit the same", { kind: "take-profit", side: "sell", price: 102, quantity: 3 }, [[100, 103, 99, 100, 4], [
      99,
      100,
      98,
      99,
      4,
    ]], "2@102 taker take-profit, 1@99 taker next-open"],
    ["stop-limit: the rest is a limit", { kind: "stop-limit", price: 102, limit: 103, quantity: 3 }, [
      [100, 103, 99, 100, 4],
      [104, 105, 103.5, 104, 4],
      [104, 104, 102, 103, 4],
    ], "2@102 taker stop, 1@103 maker limit"],
    [
      "a candle without volume trades nothing",
      { quantity: 1 },
      [[100, 101, 99, 100, 0], flat],
      "1@100 taker next-open",
    ],
  ];
  for (const [name, sketch, candles, expected] of cases) assert.equal(story(sketch, candles, half), expected, name);
});

Deno.test("two orders share the volume of a candle, the older one first", () => {
  const venue = exchangeOf(rules({ volumeShare: 0.5 }));
  venue.submit(orderOf("a", { quantity: 3 }));
  venue.submit(orderOf("b", { quantity: 3 }));
  trade(venue, candleOf(0, [100, 101, 99, 100, 8]), candleOf(1, [101, 102, 100, 101, 8]));
  assert.equal(told(venue), "3@100 taker next-open, 1@100 taker next-open, 2@101 taker next-open");
});

Deno.test("in a queue a limit trades when what stood before it is gone; an iceberg's next slice stands at the end (5 cases)", () => {
  // Ahead: 20 % of the volume at the first touch. A candle that only touches trades 30 % of its volume at the price.
  const queue = { limitFill: "queue", queue: { aheadShare: 0.2, tradedShare: 0.3 } } as const;
  const touch: Ohlcv = [100, 101, 98, 99, 10];
  const order = { kind: "limit", price: 98, quantity: 5 } as const;
  const iceberg: OrderSketch = { ...order, terms: { display: 2 } };
  const cases: [string, OrderSketch, Ohlcv[], string][] = [
    [
      "3 trade, 2 stood before: 1 is left for it, then 3 and the last one",
      order,
      [touch, touch, touch],
      "1@98 maker limit, 3@98 maker limit, 1@98 maker limit",
    ],
    ["a large queue takes the first candle whole", order, [[100, 101, 98, 99, 100], touch], "5@98 maker limit"],
    ["traded through: all of it", order, [[100, 101, 97, 99, 10]], "5@98 maker limit"],
    [
      "an iceberg shows 2, and waits 2 again for each slice",
      iceberg,
      [touch, touch, touch],
      "1@98 maker limit, 1@98 maker limit, 1@98 maker limit",
    ],
    ["an iceberg gets no more than it shows", iceberg, [[100, 101, 98, 99, 100]], "2@98 maker limit"],
  ];
  for (const [name, sketch, candles, expected] of cases) assert.equal(story(sketch, candles, queue), expected, name);
});

Deno.test("a request is on its way for a while, and meets the candle where it is by then (8 cases)", () => {
  const late = { path: "nearest-extreme", latencyMs: [HOUR_MS / 2] } as const;
  // The way 100 → 96 → 104 → 100 is 16 long; half an hour is 8 of it: the price is 100, on its way up.
  const swing: Ohlcv = [100, 104, 96, 100];
  const cases: [string, OrderSketch, Ohlcv[], string][] = [
    ["market: at the price of that moment", {}, [swing], "1@100 taker on-path"],
    [
      "a limit that the rest of the way reaches",
      { kind: "limit", side: "sell", price: 103 },
      [swing],
      "1@103 maker limit",
    ],
    ["a limit whose price was there before it came", { kind: "limit", price: 97 }, [swing], ""],
    ["a limit beyond the market of that moment takes", { kind: "limit", price: 102 }, [swing], "1@100 taker limit-gap"],
    [
      "post-only beyond the market of that moment is dropped",
      { kind: "limit", price: 99.5, terms: { postOnly: true } },
      [[99, 99.2, 95, 96]],
      "expired",
    ],
    ["IOC at that moment, not later", { kind: "limit", price: 97, terms: { timeInForce: "IOC" } }, [swing], "expired"],
    [
      "a stop that trades on the rest of the way",
      { kind: "stop", price: 103 },
      [swing],
      "1@103 taker stop",
    ],
    ["a stop whose trigger traded before it came", { kind: "stop", side: "sell", price: 97 }, [swing, [
      100,
      102,
      99,
      101,
    ]], ""],
  ];
  for (const [name, sketch, candles, expected] of cases) assert.equal(story(sketch, candles, late), expected, name);
});

Deno.test("a cancel that is on its way loses against a fill of that candle, and wins afterwards", () => {
  const cancelled = (candle: Ohlcv) => {
    const venue = exchangeOf(rules({ latencyMs: [HOUR_MS / 2] }));
    trade(venue, candleOf(0, flat));
    venue.submit(orderOf("a", { kind: "limit", price: 98 }));
    trade(venue, candleOf(1, flat)); // the order has arrived
    venue.cancel("a" as ClientOrderId);
    trade(venue, candleOf(2, candle), candleOf(3, [100, 101, 90, 95]));
    return told(venue);
  };
  assert.equal(cancelled([100, 101, 97, 99]), "1@98 maker limit");
  assert.equal(cancelled(flat), "cancelled");
});

Deno.test("an order that is moved rests at its new price under its name, behind others, and takes where it crosses the market", () => {
  const moved = (sketch: OrderSketch, to: OrderSketch, candles: readonly Ohlcv[], part: Partial<FillRules> = {}) => {
    const venue = exchangeOf(rules(part), FREE, { tick: "0.01" });
    trade(venue, candleOf(0, flat));
    venue.submit(orderOf("a", sketch));
    trade(venue, candleOf(1, flat));
    venue.move(orderOf("a", { ...sketch, ...to }));
    candles.forEach((prices, i) => trade(venue, candleOf(i + 2, prices)));
    return `${venue.events.filter(({ kind }) => kind === "moved").length}: ${told(venue)}`;
  };
  const stop = { kind: "stop", side: "sell", price: 90 } as const;
  assert.equal(moved(stop, { price: 95 }, [[100, 101, 94, 96]]), "1: 1@95 taker stop");
  assert.equal(moved(stop, { price: 95 }, [[100, 101, 96, 97]]), "1: ");
  assert.equal(moved(stop, { price: 101 }, [[100, 102, 99, 101]]), "1: 1@100 taker stop-gap");
  assert.equal(
    moved({ kind: "limit", side: "sell", price: 110 }, { price: 99 }, [[100, 101, 98, 100]]),
    "1: 1@100 taker limit-gap",
  );
  assert.equal(
    moved({ kind: "stop-limit", side: "sell", price: 90, limit: 89 }, { price: 96, limit: 95.5 }, [[95, 97, 94, 96]]),
    "1: 1@95.5 maker limit",
  );
  // Half an hour under way it meets the candle after the one in which it arrives.
  const slow = { latencyMs: [HOUR_MS / 2] };
  assert.equal(moved(stop, { price: 95 }, [[100, 101, 94, 96], [97, 98, 94, 95]], slow), "1: 1@95 taker stop");
  const venue = exchangeOf(rules({}));
  trade(venue, candleOf(0, flat));
  venue.submit(orderOf("a", stop));
  venue.cancel("a" as ClientOrderId);
  venue.move(orderOf("a", { ...stop, price: 95 }));
  assert.equal(venue.events.some(({ kind }) => kind === "moved"), false);
});

Deno.test("slippage never makes a limit trade beyond itself (3 cases)", () => {
  const costs = { ...FREE, slippage: { kind: "fixed", bps: 100 } } as const;
  assert.equal(
    story({ kind: "limit", price: 100.5, terms: { timeInForce: "IOC" } }, [flat], {}, costs),
    "1@100.5 taker next-open",
  );
  assert.equal(
    story({ kind: "stop-limit", price: 102, limit: 102.5 }, [[100, 103, 99, 101]], {}, costs),
    "1@102.5 taker stop",
  );
  assert.equal(story({ kind: "stop", price: 102 }, [[100, 103, 99, 101]], {}, costs), "1@103.02 taker stop");
});

Deno.test("the exchange refuses what it cannot carry out, each with its code (9 cases)", () => {
  const cases: [OrderSketch, string][] = [
    [{ kind: "limit", price: 98.001 }, "price-filter"],
    [{ kind: "limit" }, "price-filter"],
    [{ price: 98 }, "price-filter"],
    [{ kind: "stop-limit", price: 102 }, "price-filter"],
    [{ kind: "trailing-stop", price: 102 }, "trail"],
    [{ kind: "limit", price: 98, terms: { display: 0 } }, "lot-size"],
    [{ kind: "limit", price: 100, terms: { postOnly: true } }, "post-only"],
    [{ kind: "stop", price: 102, terms: { postOnly: true } }, "post-only"],
    [{ kind: "stop", price: 102, terms: { timeInForce: "IOC" } }, "time-in-force"],
  ];
  for (const [sketch, code] of cases) assert.equal(story(sketch, [flat]), `refused ${code}`, JSON.stringify(sketch));
});
