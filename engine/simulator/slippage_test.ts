import assert from "node:assert/strict";
import fc from "fast-check";
import { assertClose } from "../testing/assert_close.ts";
import { fitSlippage, slippageOf, type SlippageSpec, type TradedShare } from "./mod.ts";

const trade: TradedShare = { quantity: 25, high: 102, low: 98, volume: 100 };
const of = (spec: SlippageSpec, part: Partial<TradedShare> = {}) => slippageOf(spec).model({ ...trade, ...part });

Deno.test("each model gives what a calculation by hand gives (8 cases)", () => {
  assertClose(of({ kind: "fixed", bps: 7 }), 0.0007, "fixed");
  const volumeShare: SlippageSpec = { kind: "volume-share", halfSpreadBps: 2, impactBps: 1_000 };
  assertClose(of(volumeShare), 0.0002 + 0.1 * 0.25 ** 2, "a quarter of the volume");
  assertClose(of(volumeShare, { quantity: 500 }), 0.0002 + 0.1, "more than was traded counts as all of it");
  assertClose(of(volumeShare, { volume: 0 }), 0.0002 + 0.1, "nothing was traded");
  const squareRoot: SlippageSpec = { kind: "square-root", halfSpreadBps: 2, coefficient: 0.8 };
  const volatility = 4 / (100 * 2 * Math.sqrt(Math.log(2)));
  assertClose(of(squareRoot), 0.0002 + 0.8 * volatility * 0.5, "half the root of the volume");
  assertClose(of(squareRoot, { high: 100, low: 100 }), 0.0002, "a flat candle costs the spread");
  assertClose(slippageOf(volumeShare).reserveFraction, 0.0002, "reserve");
  assertClose(slippageOf({ kind: "fixed", bps: 7 }).reserveFraction, 0.0007, "reserve");
});

Deno.test("a larger order never slips less, a larger volume never makes it slip more, over 5,000 trades of each model", () => {
  const amount = fc.double({ min: 0, max: 1e6, noNaN: true });
  const models: SlippageSpec[] = [
    { kind: "fixed", bps: 3 },
    { kind: "volume-share", halfSpreadBps: 1, impactBps: 500 },
    { kind: "square-root", halfSpreadBps: 1, coefficient: 1 },
  ];
  fc.assert(
    fc.property(fc.constantFrom(...models), amount, amount, amount, (spec, a, b, volume) => {
      const [small, large] = [Math.min(a, b), Math.max(a, b)];
      assert.ok(of(spec, { quantity: small, volume }) <= of(spec, { quantity: large, volume }));
      assert.ok(of(spec, { quantity: volume, volume: large }) <= of(spec, { quantity: volume, volume: small }));
      assert.ok(of(spec, { quantity: a, volume: b }) >= 0);
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("the fit finds the settings that made the fills, and stays at 0 where they would be below", () => {
  const fills = (spec: SlippageSpec) =>
    Array.from({ length: 50 }, (_, i) => {
      const seen = { quantity: 1 + i, high: 101 + i % 3, low: 99, volume: 100 };
      return { ...seen, fraction: slippageOf(spec).model(seen) };
    });
  const { halfSpreadBps, coefficient } = fitSlippage(
    fills({ kind: "square-root", halfSpreadBps: 3, coefficient: 0.7 }),
  );
  assertClose(halfSpreadBps, 3, "half spread", 1e-9);
  assertClose(coefficient, 0.7, "coefficient", 1e-9);
  const falling = fills({ kind: "fixed", bps: 0 }).map((fill) => ({ ...fill, fraction: 0.01 / fill.quantity }));
  assert.equal(fitSlippage(falling).coefficient, 0);
  const steep = fills({ kind: "fixed", bps: 0 }).map((fill) => ({
    ...fill,
    high: 101,
    fraction: 1e-4 * fill.quantity,
  }));
  assert.equal(fitSlippage(steep).halfSpreadBps, 0);
  assert.throws(() => fitSlippage(fills({ kind: "fixed", bps: 1 }).slice(0, 1)), /1 fills do not show/);
});

Deno.test("a setting below 0 is refused with its name", () => {
  assert.throws(() => slippageOf({ kind: "fixed", bps: -1 }), /bps of the fixed slippage is -1/);
  assert.throws(() => slippageOf({ kind: "square-root", halfSpreadBps: 1, coefficient: NaN }), /coefficient .* NaN/);
});
