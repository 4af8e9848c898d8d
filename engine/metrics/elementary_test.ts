import assert from "node:assert/strict";
import fc from "fast-check";
import { exp, log, pow } from "./elementary.ts";
import { normalCdf, normalDensity, normalQuantile } from "./normal.ts";

function assertClose(actual: number, expected: number, what: string, relative = 1e-15): void {
  if (Object.is(actual, expected)) return;
  // Below the normal range a number has fewer digits: one unit in the last place is allowed there.
  const allowed = Math.max(relative * Math.abs(expected), 5e-324);
  assert.ok(Math.abs(actual - expected) <= allowed, `${what}: ${actual} is not ${expected}`);
}

const SPECIAL = [
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2,
  -2,
  3,
  -3,
  5e-324,
  -5e-324,
  1.7976931348623157e308,
];

Deno.test("exp equals Math.exp to 1e-15 from underflow to overflow", () => {
  for (const x of [...SPECIAL, 709.78, 709.79, 710, -708, -740, -745, -745.2, 1e-20, Math.LN2, -Math.LN2]) {
    assertClose(exp(x), Math.exp(x), `exp(${x})`);
  }
  fc.assert(
    fc.property(fc.double({ min: -745, max: 710, noNaN: true }), (x) => assertClose(exp(x), Math.exp(x), `${x}`)),
    {
      numRuns: 20_000,
    },
  );
});

Deno.test("log equals Math.log to 1e-15 over all numbers, and near 1", () => {
  for (const x of [...SPECIAL, 1 + 2 ** -52, 1 - 2 ** -53, Math.SQRT2, Math.SQRT1_2, Math.E, 2.2e-308]) {
    assertClose(log(x), Math.log(x), `log(${x})`);
  }
  fc.assert(fc.property(fc.double({ min: 5e-324, noNaN: true }), (x) => assertClose(log(x), Math.log(x), `${x}`)), {
    numRuns: 20_000,
  });
  fc.assert(
    fc.property(fc.double({ min: 0.9, max: 1.1, noNaN: true }), (x) => assertClose(log(x), Math.log(x), `${x}`)),
    {
      numRuns: 20_000,
    },
  );
});

Deno.test("pow equals Math.pow to 1e-15 wherever the result is a number, and in every special case", () => {
  for (const x of SPECIAL) {
    for (const y of [...SPECIAL, 4, 7, -7, 1e20, -1e20, 365 / 364]) {
      assertClose(pow(x, y), Math.pow(x, y), `${x} ^ ${y}`);
    }
  }
  const base = fc.double({ min: 5e-324, noNaN: true, noDefaultInfinity: true });
  const growth = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
  const exponent = fc.double({ min: -40, max: 40, noNaN: true });
  for (const x of [base, growth]) {
    fc.assert(fc.property(x, exponent, (x, y) => assertClose(pow(x, y), Math.pow(x, y), `${x} ^ ${y}`)), {
      numRuns: 20_000,
    });
  }
});

Deno.test("the normal distribution has its textbook values", () => {
  // Quantiles and probabilities as tables and scipy give them.
  assertClose(normalCdf(0), 0.5, "Φ(0)");
  assertClose(normalCdf(1.96), 0.9750021048517795, "Φ(1.96)", 4e-16);
  assertClose(normalCdf(-1), 0.15865525393145707, "Φ(−1)", 1e-15);
  assertClose(normalCdf(-6), 9.865876450377012e-10, "Φ(−6)", 1e-14);
  assertClose(normalCdf(-38), 2.88542835e-316, "Φ(−38)", 1e-7);
  assertClose(normalQuantile(0.05), -1.6448536269514729, "z(5 %)");
  assertClose(normalQuantile(0.01), -2.3263478740408408, "z(1 %)");
  assertClose(normalQuantile(0.975), 1.959963984540054, "z(97.5 %)");
  assertClose(normalQuantile(1e-10), -6.361340902404056, "z(1e−10)");
  assertClose(normalDensity(0), 0.3989422804014327, "φ(0)");
  assert.ok(Math.abs(normalQuantile(0.5)) < 1e-16);
  assert.deepEqual([0, 1].map(normalQuantile), [-Infinity, Infinity]);
  assert.deepEqual([NaN, -0.1, 1.1].map(normalQuantile), [NaN, NaN, NaN]);
});

Deno.test("quantile and probability undo each other", () => {
  fc.assert(fc.property(fc.double({ min: 1e-300, max: 0.5, noNaN: true }), (p) => {
    assertClose(normalCdf(normalQuantile(p)), p, `Φ(z(${p}))`, 1e-12);
  }));
});
