import assert from "node:assert/strict";
import { isTighter, sameTrail, type Trail, trailedPrice } from "./mod.ts";

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a}, not ${b}`);

Deno.test("a trailing stop wants to be at its distance from the best price", () => {
  near(trailedPrice({ kind: "fraction", fraction: 0.1 }, "sell", 5250), 4725);
  near(trailedPrice({ kind: "fraction", fraction: 0.1 }, "buy", 4000), 4400);
  near(trailedPrice({ kind: "distance", distanceQuote: 30 }, "sell", 5250), 5220);
  near(trailedPrice({ kind: "distance", distanceQuote: 30 }, "buy", 4000), 4030);
});

Deno.test("with an activation it follows closer above a profit, and waits or not while the profit is below (9 cases)", () => {
  const trail = (waits: boolean, thenFraction: number | null = 0.03): Trail => ({
    kind: "fraction",
    fraction: 0.1,
    activation: { entryPrice: 5000, profitFraction: 0.05, thenFraction, waits },
  });
  near(trailedPrice(trail(true), "sell", 5251), 5093.47);
  near(trailedPrice(trail(false), "sell", 5249), 4724.1);
  assert.ok(Number.isNaN(trailedPrice(trail(true), "sell", 5249)), "waits");
  // 5250 ÷ 5000 − 1 is a little more than 0.05 in floats: a profit of exactly 5 % is not above it.
  near(trailedPrice(trail(true), "sell", 5250), 4725);
  near(trailedPrice(trail(true, null), "sell", 5251), 4725.9);
  near(trailedPrice(trail(true), "buy", 4749), 4891.47);
  near(trailedPrice(trail(true), "buy", 4750), 5225);
  assert.ok(Number.isNaN(trailedPrice(trail(true), "buy", 4751)), "waits");
  // At its activation exactly it does not wait any more.
  near(trailedPrice({ ...trail(true, null) }, "buy", 4750), 5225);
});

Deno.test("tighter is nearer to the market, and nothing is tighter than what is not known", () => {
  assert.ok(isTighter("sell", 101, 100) && !isTighter("sell", 100, 100));
  assert.ok(isTighter("buy", 99, 100) && !isTighter("buy", 101, 100) && !isTighter("buy", 100, 100));
  assert.ok(!isTighter("sell", NaN, 100) && !isTighter("buy", NaN, 100));
});

Deno.test("two trails are the same when they follow in the same way, wherever they have come", () => {
  const activation = { entryPrice: 100, profitFraction: 0.05, thenFraction: 0.01, waits: true };
  const trail: Trail = { kind: "fraction", fraction: 0.1, activation };
  assert.ok(sameTrail(trail, { ...trail, activation: { ...activation }, unmovedPrice: 90 }));
  for (const other of [{ entryPrice: 101 }, { profitFraction: 0.06 }, { thenFraction: null }, { waits: false }]) {
    assert.ok(!sameTrail(trail, { ...trail, activation: { ...activation, ...other } }), JSON.stringify(other));
  }
  assert.ok(!sameTrail(trail, { kind: "fraction", fraction: 0.1 }));
  assert.ok(!sameTrail(trail, { ...trail, kind: "fraction", fraction: 0.2 }));
  const distance: Trail = { kind: "distance", distanceQuote: 5 };
  assert.ok(sameTrail(distance, { ...distance }) && !sameTrail(distance, { ...distance, distanceQuote: 6 }));
  assert.ok(!sameTrail({ kind: "fraction", fraction: 0.1 }, { kind: "distance", distanceQuote: 0.1 }));
});
