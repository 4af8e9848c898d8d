import assert from "node:assert/strict";
import fc from "fast-check";
import { isBeyondBand } from "./drift.ts";
import { type Holding, isWorthIt, type RebalancingTerms, rebalancingTrades } from "./rebalancing_trades.ts";

const holding = (value: number, target: number, part: Partial<Holding> = {}): Holding => ({
  value,
  target,
  minTrade: 0,
  variance: NaN,
  ...part,
});
const terms = (part: Partial<RebalancingTerms> = {}): RebalancingTerms => ({
  equity: 1_000,
  cash: 0,
  costFraction: 0,
  riskAversion: 3,
  ...part,
});
const changes = (holdings: Holding[], own: RebalancingTerms) => [...rebalancingTrades(holdings, own).change];

Deno.test("holdings are brought to their targets, purchases paid by sales", () => {
  assert.deepEqual(changes([holding(600, 500), holding(400, 500)], terms()), [-100, 100]);
});

Deno.test("what a trade costs is left over: purchases are cut to what is there after the sales and their costs", () => {
  const [sale, purchase] = changes([holding(600, 500), holding(400, 500)], terms({ costFraction: 0.01 })) as [
    number,
    number,
  ];
  assert.equal(sale, -100);
  assert.ok(Math.abs(purchase - 99 / 1.01) < 1e-9, `${purchase}`);
});

Deno.test("changes below the least trade are left undone, and a whole exit never is", () => {
  const small = { minTrade: 10 };
  const { change, kept } = rebalancingTrades(
    [holding(105, 100, small), holding(95, 100, small), holding(4, 0, small), holding(100, 110, small)],
    terms({ cash: 6 }),
  );
  assert.deepEqual([...change], [0, 0, -4, 10]);
  assert.deepEqual(kept, ["too-small", "too-small", null, null]);
});

Deno.test("where the cash does not reach, purchases that become too small are left out for those that do not", () => {
  const small = { minTrade: 40 };
  // 100 for purchases of 150 and 50: 75 and 25, of which 25 is too small; then 100 for the first.
  const { change, kept } = rebalancingTrades([holding(0, 150, small), holding(0, 50, small)], terms({ cash: 100 }));
  assert.ok(Math.abs(change[0]! - 100) < 1e-9 && change[1] === 0, `${change}`);
  assert.deepEqual(kept, [null, "too-small"]);
  assert.deepEqual(changes([holding(0, 50, small)], terms({ cash: -5 })), [0]);
});

Deno.test("a change is worth it where half the risk aversion × its square × the variance is more than its cost", () => {
  const own = terms({ costFraction: 0.001, riskAversion: 4 });
  // 2 × 0.001 ÷ (4 × 0.01) = 0.05 of the equity, 50.
  assert.equal(isWorthIt(holding(100, 149.9, { variance: 0.01 }), own), false);
  assert.equal(isWorthIt(holding(150.1, 100, { variance: 0.01 }), own), true);
  assert.equal(isWorthIt(holding(100, 149.9, { variance: 0.02 }), own), true);
  assert.equal(isWorthIt(holding(100, 101, { variance: 0.01 }), { ...own, riskAversion: 0 }), true);
  assert.equal(isWorthIt(holding(100, 101), own), true, "a variance that nobody knows holds nothing back");
  const { kept } = rebalancingTrades([holding(149, 100, { variance: 0.01 }), holding(9, 0, { variance: 0.01 })], own);
  assert.deepEqual(kept, ["not-worth-it", null]);
});

Deno.test("a band is a share of the equity, or relative, of the target", () => {
  assert.equal(isBeyondBand(0.26, 0.2, { kind: "absolute", width: 0.05 }), true);
  assert.equal(isBeyondBand(0.24, 0.2, { kind: "absolute", width: 0.05 }), false);
  assert.equal(isBeyondBand(0.24, 0.2, { kind: "relative", width: 0.1 }), true);
  assert.equal(isBeyondBand(0.21, 0.2, { kind: "relative", width: 0.1 }), false);
  assert.equal(isBeyondBand(0.001, 0, { kind: "relative", width: 0.1 }), true);
});

Deno.test("no trade overspends, overshoots or is below the least, and each that is left undone says why, over 10,000 portfolios", () => {
  const amount = fc.integer({ min: 0, max: 100_000 }).map((cents) => cents / 100);
  const holdings = fc.array(
    fc.record({
      value: fc.oneof(fc.constant(0), amount),
      target: fc.oneof(fc.constant(0), amount),
      minTrade: fc.constantFrom(0, 10, 100),
      variance: fc.oneof(fc.constant(NaN), fc.double({ min: 0, max: 0.5, noNaN: true })),
    }),
    { minLength: 1, maxLength: 8 },
  );
  const own = fc.record({
    equity: fc.integer({ min: 500, max: 5_000 }),
    cash: fc.integer({ min: -20_000, max: 200_000 }).map((cents) => cents / 100),
    costFraction: fc.constantFrom(0, 0.001, 0.01),
    riskAversion: fc.constantFrom(0, 1, 5),
  });
  let traded = 0, cut = 0;
  fc.assert(
    fc.property(holdings, own, (holdings, own) => {
      const { change, kept } = rebalancingTrades(holdings, own);
      let cash = own.cash, bought = 0;
      holdings.forEach((holding, i) => {
        const { value, target, minTrade } = holding, wanted = target - value;
        cash -= change[i]! + Math.abs(change[i]!) * own.costFraction;
        bought += Math.max(0, change[i]!);
        if (change[i] === 0) return assert.ok(wanted === 0 || kept[i] !== null, "left undone without a reason");
        traded++;
        assert.equal(kept[i], null);
        if (wanted < 0) assert.equal(change[i], wanted);
        else assert.ok(change[i]! > 0 && change[i]! <= wanted, `${change[i]} of ${wanted}`);
        if (change[i] !== wanted) cut++;
        assert.ok(target === 0 || Math.abs(change[i]!) >= minTrade * (1 - 1e-9));
        assert.ok(target === 0 || isWorthIt(holding, own));
      });
      assert.ok(bought === 0 || cash >= -1e-9, `${cash} left`);
    }),
    { numRuns: 10_000 },
  );
  assert.ok(traded > 10_000 && cut > 1_000, `${traded} traded, ${cut} cut`);
});
