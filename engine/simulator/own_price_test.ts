import assert from "node:assert/strict";
import fc from "fast-check";
import type { Side, Trail } from "../orders/mod.ts";
import { limitInside, stopInside } from "./matching.ts";
import { leastMovedStop, limitAtOwnPrice, stopAtOwnPrice } from "./own_price.ts";

const RUNS = { numRuns: 20_000 };
const price = fc.integer({ min: 90, max: 110 });
const candle = fc.tuple(price, price, price, price).map(([open, ...others]) => ({
  open,
  high: Math.max(open, ...others),
  low: Math.min(open, ...others),
}));
const side = fc.constantFrom<Side>("buy", "sell");
const fill = fc.constantFrom<"through" | "touch">("through", "touch");

Deno.test("a limit at its own price fills in the candles in which any limit does, at its price where the candle has it (20,000 candles)", () => {
  fc.assert(
    fc.property(side, price, candle, fill, (side, limit, own, fill) => {
      const plain = limitInside(side, limit, own.open, own.high, own.low, fill);
      const moved = limitAtOwnPrice(side, limit, own, fill, true);
      const held = limitAtOwnPrice(side, limit, own, fill, false);
      assert.equal(Number.isNaN(moved), Number.isNaN(plain));
      if (Number.isNaN(plain)) return assert.ok(Number.isNaN(held));
      assert.ok(own.low <= moved && moved <= own.high);
      assert.ok(side === "sell" ? moved >= limit && moved <= plain : moved <= limit && moved >= plain, "never worse");
      const has = own.low <= limit && limit <= own.high;
      assert.equal(held, has ? limit : NaN);
      if (has) assert.equal(moved, limit);
      else assert.equal(moved, side === "sell" ? own.low : own.high);
    }),
    RUNS,
  );
});

Deno.test("a stop at its own price fills in the candles in which any stop does, inside them, never worse (20,000 candles)", () => {
  fc.assert(
    fc.property(side, price, candle, (side, trigger, { open, high, low }) => {
      const plain = stopInside(side, trigger, open, high, low), own = stopAtOwnPrice(side, trigger, open, high, low);
      assert.equal(Number.isNaN(own), Number.isNaN(plain));
      if (Number.isNaN(own)) return;
      assert.ok(low <= own && own <= high);
      assert.ok(side === "sell" ? own >= plain : own <= plain);
      assert.equal(own, low <= trigger && trigger <= high ? trigger : open);
    }),
    RUNS,
  );
});

Deno.test("a stop that the candle of its entry moves and reaches fills where the least move puts it (7 cases)", () => {
  const at = (open: number, high: number, low: number) => ({ open, high, low });
  const waiting = (profitFraction: number, thenFraction: number | null): Trail => ({
    kind: "fraction",
    fraction: 0.1,
    activation: { entryPrice: 5000, profitFraction, thenFraction, waits: true },
  });
  const cases: [
    name: string,
    side: Side,
    trail: Trail,
    candle: ReturnType<typeof at>,
    leverage: number,
    price: number,
  ][] = [
    ["just beyond the open", "sell", { kind: "fraction", fraction: 0.01 }, at(5000, 5500, 4900), 1, 4950],
    ["not below the low", "sell", { kind: "fraction", fraction: 0.01 }, at(5000, 5500, 4951), 1, 4951],
    ["short: mirrored", "buy", { kind: "fraction", fraction: 0.01 }, at(5000, 5100, 4500), 1, 5050],
    ["a distance in quote units", "sell", { kind: "distance", distanceQuote: 30 }, at(5000, 5500, 4900), 1, 4970],
    ["at the activation, less the distance", "sell", waiting(0.05, 0.03), at(5000, 5500, 4900), 1, 5100],
    ["the activation as a profit on the margin", "sell", waiting(0.02, 0.01), at(5000, 5500, 4900), 2, 5150],
    ["no closer distance: that of the stop", "sell", waiting(0.05, null), at(5000, 5500, 4400), 1, 4500],
  ];
  for (const [name, side, trail, candle, leverage, expected] of cases) {
    assert.ok(Math.abs(leastMovedStop(side, trail, candle, leverage) - expected) < 1e-9, name);
  }
  assert.ok(Number.isNaN(leastMovedStop("sell", waiting(0.05, 0.03), at(5000, 5090, 4900), 1)), "beyond the candle");
});
