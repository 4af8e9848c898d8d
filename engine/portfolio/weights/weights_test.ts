import assert from "node:assert/strict";
import fc from "fast-check";
import { assertClose } from "../../testing/assert_close.ts";
import { type Covariance, portfolioVariance, type ReturnRows, shrunkCovariance, variances } from "./covariance.ts";
import { minimumVarianceWeights } from "./minimum_variance.ts";
import { inverseVolatilityWeights, portfolioWeights, type Weighting, WEIGHTINGS } from "./portfolio_weights.ts";
import { riskContributions, riskParityWeights } from "./risk_parity.ts";

interface Golden {
  readonly returns: number[][];
  readonly shrinkage: number;
  readonly covariance: number[][];
  readonly inverseVolatility: number[];
  readonly riskParity: number[];
  readonly minimumVariance: { readonly cap: number; readonly weights: number[] }[];
}
const goldens: Golden[] = JSON.parse(Deno.readTextFileSync(new URL("./testdata/weights.json", import.meta.url)));

const rowsOf = (table: readonly (readonly number[])[]): ReturnRows => ({
  rows: table.length,
  assets: table[0]!.length,
  values: Float64Array.from(table.flat()),
});
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, own) => total + own, 0);
const near = (actual: ArrayLike<number> | null, expected: readonly number[], what: string, within = 1e-10) =>
  expected.forEach((own, i) =>
    assert.ok(Math.abs(actual![i]! - own) <= within, `${what} ${i}: ${actual![i]} is not ${own}`)
  );

Deno.test("covariance and weights are those of scikit-learn, scipy and a search of all active sets", () => {
  for (const golden of goldens) {
    const returns = rowsOf(golden.returns), covariance = shrunkCovariance(returns);
    assertClose(covariance.shrinkage, golden.shrinkage, "shrinkage", 1e-12);
    golden.covariance.flat().forEach((own, at) => assertClose(covariance.values[at]!, own, `covariance ${at}`, 1e-10));
    near(inverseVolatilityWeights(variances(returns)), golden.inverseVolatility, "inverse volatility");
    near(riskParityWeights(covariance), golden.riskParity, "risk parity");
    for (const { cap, weights } of golden.minimumVariance) {
      near(minimumVarianceWeights(covariance, cap), weights, `minimum variance, at most ${cap},`);
    }
    near(portfolioWeights("inverse-volatility", returns), golden.inverseVolatility, "inverse volatility");
    near(portfolioWeights("risk-parity", returns), golden.riskParity, "risk parity");
  }
});

/** Returns with a common part, of assets whose sizes differ by up to a thousand times; few rows, many, and twins. */
const returnTables: fc.Arbitrary<ReturnRows> = fc.record({
  assets: fc.integer({ min: 1, max: 9 }),
  rows: fc.integer({ min: 2, max: 40 }),
  market: fc.constantFrom(0, 0.3, 0.9, 0.999),
  seed: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 500, maxLength: 500 }),
}).map(({ assets, rows, market, seed }) => {
  const at = (i: number) => seed[(i * 7 + 3) % seed.length]! + 0.01 * ((i * 37) % 11 - 5);
  const size = (asset: number) => [0.001, 0.02, 0.05, 1][Math.trunc(Math.abs(at(asset + 411)) * 3.99) % 4]!;
  const values = Float64Array.from({ length: rows * assets }, (_, i) => {
    const row = Math.trunc(i / assets), asset = i % assets;
    return size(asset) * (market * at(row) + (1 - market) * at(100 + row * assets + asset));
  });
  return { rows, assets, values };
});

const isMoving = (returns: ReturnRows) => variances(returns).every((own) => own > 1e-12);

Deno.test("weights are shares: none below zero, none above the limit, one in all, over 10,000 tables of returns", () => {
  let some = 0;
  fc.assert(
    fc.property(returnTables, fc.constantFrom(...WEIGHTINGS), fc.constantFrom(1, 0.5, 0.21), (returns, kind, cap) => {
      const weights = portfolioWeights(kind, returns, cap);
      if (weights === null) return assert.ok(!isMoving(returns), `${kind} found nothing`);
      some++;
      assert.equal(weights.length, returns.assets);
      assert.ok(weights.every((own) => own >= 0 && own <= cap + 1e-15), `${kind}: ${weights}`);
      const whole = Math.min(1, cap * returns.assets);
      assert.ok(Math.abs(sum(weights) - whole) < 1e-12, `${kind}: ${sum(weights)} of ${whole}`);
    }),
    { numRuns: 10_000 },
  );
  assert.ok(some > 9_000, `${some} with weights`);
});

Deno.test("every asset contributes the same to the risk of a risk parity portfolio, to 1e-9, over 5,000 tables", () => {
  fc.assert(
    fc.property(returnTables.filter(isMoving), (returns) => {
      const covariance = shrunkCovariance(returns), weights = riskParityWeights(covariance);
      assert.ok(weights !== null);
      for (const own of riskContributions(covariance, weights)) {
        assert.ok(Math.abs(own - 1 / returns.assets) < 1e-9, `${own} of ${returns.assets}`);
      }
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("no random long-only portfolio has less variance than the minimum, over 500 tables and 1,000 portfolios each", () => {
  fc.assert(
    fc.property(returnTables.filter(isMoving), fc.constantFrom(1, 0.6, 0.3), fc.infiniteStream(fc.nat(1_000)), (
      returns,
      cap,
      draws,
    ) => {
      const { assets } = returns;
      if (cap * assets < 1) return;
      const covariance = shrunkCovariance(returns), weights = minimumVarianceWeights(covariance, cap);
      assert.ok(weights !== null);
      const least = portfolioVariance(covariance, weights);
      for (let portfolio = 0; portfolio < 1_000; portfolio++) {
        const drawn = Float64Array.from({ length: assets }, () => draws.next().value ** 3 + 1e-9);
        const other = drawn.map((own) => own / sum(drawn));
        // Half way to the least one: where a random one is too far off to say much.
        const between = portfolio % 2 === 0 ? other : other.map((own, i) => (own + 9 * weights[i]!) / 10);
        if (between.some((own) => own > cap)) continue;
        assert.ok(portfolioVariance(covariance, between) >= least * (1 - 1e-9));
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("the order of the assets changes nothing but the order of the weights, over 3,000 tables", () => {
  fc.assert(
    fc.property(returnTables.filter(isMoving), fc.constantFrom(...WEIGHTINGS), fc.constantFrom(1, 0.4), fc.nat(), (
      returns,
      kind,
      cap,
      turn,
    ) => {
      const { rows, assets } = returns;
      const places = Array.from(
        { length: assets },
        (_, i) => (i * (assets % 2 === 0 ? assets - 1 : 2) + turn) % assets,
      );
      if (new Set(places).size < assets) return;
      const values = returns.values.map((_, at) => {
        return returns.values[Math.trunc(at / assets) * assets + places[at % assets]!]!;
      });
      const plain = portfolioWeights(kind, returns, cap)!,
        turned = portfolioWeights(kind, { rows, assets, values }, cap)!;
      places.forEach((place, i) =>
        assert.ok(Math.abs(turned[i]! - plain[place]!) < 1e-8, `${kind} ${plain} ${turned}`)
      );
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("assets that do not move, or that cancel each other out, have no weights by their risk", () => {
  const still = rowsOf([[0.01, 0], [-0.01, 0], [0.02, 0]]);
  const found = (kind: Weighting) => portfolioWeights(kind, still);
  assert.equal(found("inverse-volatility"), null);
  assert.deepEqual([...found("equal")!], [0.5, 0.5]);
  // Opposite: any two of the same size have no risk at all.
  const opposite: Covariance = { assets: 2, values: Float64Array.of(1, -1, -1, 1) };
  assert.equal(riskParityWeights(opposite), null);
  assert.equal(minimumVarianceWeights(opposite), null);
  assert.equal(portfolioWeights("risk-parity", rowsOf([[0.01, 0.02]])), null);
});

Deno.test("a limit that leaves no whole portfolio is kept, and the rest is not invested", () => {
  const returns = rowsOf([[0.01, 0.02], [-0.01, 0.01], [0.02, -0.03]]);
  for (const kind of WEIGHTINGS) assert.deepEqual([...portfolioWeights(kind, returns, 0.3)!], [0.3, 0.3]);
  const covariance = shrunkCovariance(returns);
  assert.throws(() => minimumVarianceWeights(covariance, 0.3), /2 assets of at most 0\.3 each are no whole portfolio/);
  assert.deepEqual([...portfolioWeights("inverse-volatility", returns, 0.6)!].sort(), [0.4, 0.6]);
});
