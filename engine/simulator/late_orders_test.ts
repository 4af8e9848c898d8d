// Worked examples of orders that arrive inside a candle, on a stated path and without one.
import assert from "node:assert/strict";
import { formatPrice } from "../money/mod.ts";
import type { ClientOrderId } from "../orders/mod.ts";
import { type Answer, AnsweringTrader } from "../testing/answering_trader.ts";
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
import { defaultRules, type FillRules } from "./mod.ts";

const MINUTE_MS = 60_000;
const late: FillRules = { ...defaultRules, id: "late", latencyMs: [MINUTE_MS] };
const onPath: FillRules = { ...late, path: "nearest-extreme" };

/** `in 95 limit at 51, in-stop 94 stop at 55`: fills with the rule and the minute of their candle, then ambiguous ones. */
function story(rules: FillRules, order: OrderSketch, answer: Answer, ...candles: readonly Ohlcv[]): string {
  const venue = exchangeOf(rules, FREE, { tick: "0.01" }), trader = new AnsweringTrader(venue);
  trader.trade(candleOf(0, [100, 100, 100, 100]));
  trader.send("in", order, answer);
  candles.forEach((prices, i) => trader.trade(candleOf(i + 1, prices)));
  const fills = trader.news.flatMap((event) =>
    event.kind === "fill"
      ? [`${event.fill.clientOrderId} ${formatPrice(event.fill.price)} ${event.basis!.rule} at ${minuteOf(event)}`]
      : event.kind === "ended"
      ? [`${event.clientOrderId} ${event.state}`]
      : []
  );
  return [...fills, ...venue.ambiguous.map(({ filledMs }) => `ambiguous at ${minuteOf({ timeMs: filledMs })}`)].join(
    ", ",
  );
}
const minuteOf = ({ timeMs }: { readonly timeMs: number }) => Math.floor(timeMs % HOUR_MS / MINUTE_MS);

Deno.test("a target cannot use the part of a candle before its entry, whatever the latency, with a path and without one (5 cases)", () => {
  // The high of 105.5 comes before the low of 94: 100 → 105.5 → 94 → 96 is 19 long.
  const candle: Ohlcv = [100, 105.5, 94, 96];
  for (
    const [latencyMs, path] of [[1, "nearest-extreme"], [60_000, "nearest-extreme"], [1, null], [60_000, null]] as const
  ) {
    const rules = { ...late, latencyMs: [latencyMs], ...(path === null ? {} : { path }) };
    assert.equal(
      story(rules, { kind: "limit", price: 95 }, { target: 10 }, candle),
      `in 95 limit at ${path === null ? Math.floor(latencyMs / MINUTE_MS) : 50}`,
      `${latencyMs} ms, ${path}`,
    );
  }
  // Where the way comes to 105 after 95, it is there: 100 → 94 → 106.5 → 104, which is 21 long.
  assert.equal(
    story(onPath, { kind: "limit", price: 95 }, { target: 10 }, [100, 106.5, 94, 104]),
    "in 95 limit at 14, in-target 105 limit at 48",
  );
});

Deno.test("on a path, late and punctual orders, entries and what protects them act in the order of the way (7 cases)", () => {
  // 100 → 96 → 104 → 100 is 16 long: 3.75 minutes a unit.
  const swing: Ohlcv = [100, 104, 96, 100];
  const cases: [string, OrderSketch, Answer, string][] = [
    ["a market order after a minute", {}, {}, "in 99.74 on-path at 1"],
    [
      "its stop is there a minute later, and trades when the way comes to it",
      {},
      { stop: 2.74 },
      "in 99.74 on-path at 1, in-stop 97 stop at 11",
    ],
    [
      "a stop that the way has passed when it arrives: where the market is then",
      {},
      { stop: 0.1 },
      "in 99.74 on-path at 1, in-stop 99.46 stop-gap at 2",
    ],
    [
      "of stop and target the one that the way meets first; the candle reaches both",
      {},
      { stop: 1.74, target: 3.26 },
      "in 99.74 on-path at 1, in-stop 98 stop at 7, in-target expired, ambiguous at 7",
    ],
    [
      "an entry on the way up: its stop lies behind, the target ahead, and only its arrival counts",
      { kind: "stop", price: 102 },
      { target: 1.5 },
      "in 102 stop at 37, in-target 103.5 limit at 43",
    ],
    [
      "the target arrives where the way has turned: not reached any more",
      { kind: "stop", price: 103.9 },
      { target: 0.05 },
      "in 103.9 stop at 44",
    ],
    [
      "a limit whose place the way left before the minute was over",
      { kind: "stop", side: "sell", price: 99.9 },
      { stop: 3.5 },
      "in 99.73 stop-gap at 1, in-stop 103.23 stop at 42",
    ],
  ];
  for (const [name, sketch, answer, expected] of cases) {
    assert.equal(story(onPath, sketch, answer, swing), expected, name);
  }
});

Deno.test("without a path what is late has the worst that the candle leaves open (13 cases)", () => {
  // The longer way through both extremes, 100 → 96 → 106 → 99, is 21 long: 0.35 in the minute that an order takes.
  const candle: Ohlcv = [100, 106, 96, 99];
  // Half an hour: the market can have gone 10.5, anywhere in the candle.
  const slow = { ...late, latencyMs: [HOUR_MS / 2] };
  const cases: [string, FillRules, OrderSketch, Answer, string][] = [
    ["a purchase: as far up as the time allows", late, {}, {}, "in 100.35 worst-by-arrival at 1"],
    ["a sale: as far down", late, { side: "sell" }, {}, "in 99.65 worst-by-arrival at 1"],
    ["and at most to the extreme", slow, {}, {}, "in 106 worst-by-arrival at 30"],
    ["a limit that the candle is still to reach", late, { kind: "limit", price: 97 }, {}, "in 97 limit at 1"],
    ["a limit that it can have left already", slow, { kind: "limit", price: 97 }, {}, ""],
    ["a limit beyond the close is passed again", slow, { kind: "limit", price: 99.5 }, {}, "in 99.5 limit at 30"],
    [
      "a limit far above the market takes the worst price",
      late,
      { kind: "limit", price: 101 },
      {},
      "in 100.35 worst-by-arrival at 1",
    ],
    [
      "IOC beyond what is certain",
      late,
      { kind: "limit", price: 100.2, terms: { timeInForce: "IOC" } },
      {},
      "in expired",
    ],
    [
      "post-only that could trade at once",
      late,
      { kind: "limit", price: 99.8, terms: { postOnly: true } },
      {},
      "in expired",
    ],
    ["a stop that the candle can still reach", slow, { kind: "stop", price: 103 }, {}, "in 106 stop-gap at 30"],
    [
      "after a late entry the stop is taken wherever the candle reaches it, and counted",
      late,
      {},
      { stop: 4, target: 3 },
      "in 100.35 worst-by-arrival at 1, in-stop 96.35 stop-after-entry at 2, ambiguous at 2",
    ],
    [
      "where the close is beyond the stop, nothing is left open",
      late,
      {},
      { stop: 1.2 },
      "in 100.35 worst-by-arrival at 1, in-stop 99.15 stop-after-entry at 2",
    ],
    [
      "its target waits for the next candle, and a stop that arrives after the candle, too",
      { ...late, latencyMs: [HOUR_MS - MINUTE_MS] },
      { kind: "limit", price: 99.5 },
      { stop: 1, target: 3 },
      "in 99.5 limit at 59",
    ],
  ];
  for (const [name, rules, sketch, answer, expected] of cases) {
    assert.equal(story(rules, sketch, answer, candle), expected, name);
  }
});

Deno.test("moves and cancels that arrive inside a candle count from there on a path, and from the next candle without one", () => {
  const after = (rules: FillRules, act: (trader: AnsweringTrader) => void) => {
    const trader = new AnsweringTrader(exchangeOf(rules, FREE, { tick: "0.01" }));
    trader.trade(candleOf(0, [100, 100, 100, 100]));
    trader.send("a", { kind: "limit", price: 97 });
    trader.trade(candleOf(1, [100, 100, 100, 100]));
    act(trader);
    trader.trade(candleOf(2, [100, 104, 96, 100]));
    return trader.news.flatMap((event) =>
      event.kind === "fill"
        ? [`${formatPrice(event.fill.price)} at ${minuteOf(event.fill)}`]
        : event.kind === "moved" || event.kind === "ended"
        ? [event.kind]
        : []
    ).join(", ");
  };
  const cancelled = (rules: FillRules) => after(rules, ({ venue }) => venue.cancel("a" as ClientOrderId));
  // 97 is reached after 11 minutes.
  assert.equal(cancelled({ ...onPath, latencyMs: [10 * MINUTE_MS] }), "ended");
  assert.equal(cancelled({ ...onPath, latencyMs: [12 * MINUTE_MS] }), "97 at 11");
  assert.equal(cancelled({ ...late, latencyMs: [10 * MINUTE_MS] }), "97 at 0");
  const moved = (rules: FillRules) =>
    after(rules, ({ venue }) => venue.move(orderOf("a", { kind: "limit", price: 98 })));
  // After ten minutes the market is at 97.33, which a limit of 98 takes.
  assert.equal(moved({ ...onPath, latencyMs: [10 * MINUTE_MS] }), "moved, 97.34 at 10");
  assert.equal(moved({ ...onPath, latencyMs: [12 * MINUTE_MS] }), "97 at 11");
  assert.equal(moved({ ...late, latencyMs: [10 * MINUTE_MS] }), "97 at 0");
});

Deno.test("without a path a late stop goes before a punctual target, and a punctual stop before a late target; both count as ambiguous", () => {
  const candle: Ohlcv = [100, 106, 96, 99];
  const stop = { kind: "stop", side: "sell", price: 97, reduceOnly: true } as const;
  const target = { kind: "limit", side: "sell", price: 103, reduceOnly: true } as const;
  for (const [punctual, late] of [[target, stop], [stop, target]] as const) {
    // The first two are there when their candle opens, the last one in the middle of its own.
    const rules = { ...defaultRules, id: "late", latencyMs: [HOUR_MS / 2] };
    const venue = exchangeOf(rules, FREE, { tick: "0.01" });
    venue.submit(orderOf("in", {}));
    venue.submit(orderOf("punctual", punctual));
    trade(venue, candleOf(1, [100, 100, 100, 100]));
    venue.submit(orderOf("late", late));
    trade(venue, candleOf(2, candle));
    const exits = venue.events.flatMap((event) =>
      event.kind === "fill" && event.fill.side === "sell" ? [event.fill.clientOrderId] : []
    );
    assert.deepEqual(exits, [punctual === stop ? "punctual" : "late"]);
    assert.deepEqual(venue.ambiguous.map(({ filledMs }) => minuteOf({ timeMs: filledMs })), [
      punctual === stop ? 0 : 30,
    ]);
  }
});

Deno.test("of two late orders of which one cancels the other, the one is taken that stands worse at the candle's close", () => {
  const taken = (candle: Ohlcv, latencyMs: number, ...sketches: OrderSketch[]) => {
    const venue = exchangeOf({ ...late, latencyMs: [latencyMs] }, FREE, { tick: "0.01" });
    trade(venue, candleOf(0, [100, 100, 100, 100]));
    sketches.forEach((sketch, i) => venue.submit({ ...orderOf(`o${i}`, sketch), oco: "group" }));
    const fills = trade(venue, candleOf(1, candle)).map(({ price, side }) => `${side} ${formatPrice(price)}`);
    return `${fills}${venue.ambiguousEntries.length > 0 ? ", ambiguous" : ""}`;
  };
  const above = { kind: "stop", price: 105 } as const, below = { kind: "stop", side: "sell", price: 95 } as const;
  // Bought at 105 it has lost 9 at 96, sold at 95 only 1.
  assert.equal(taken([100, 106, 94, 96], MINUTE_MS, below, above), "buy 105, ambiguous");
  // A purchase at 105 has lost 1 at 104, one at 95 has gained; in half an hour the market may have run to 106.
  const dip = { kind: "limit", price: 95 } as const;
  assert.equal(taken([100, 106, 94, 104], MINUTE_MS, dip, above), "buy 105, ambiguous");
  assert.equal(taken([100, 106, 94, 104], HOUR_MS / 2, dip, above), "buy 106, ambiguous");
});
