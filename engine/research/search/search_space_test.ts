import assert from "node:assert/strict";
import fc from "fast-check";
import { boolean, choice, defineStrategy, integer, number } from "../../strategies/mod.ts";
import { close } from "../../series/mod.ts";
import { Dimension, type SearchAxis } from "./search_axis.ts";
import { axesOf, searchDimensions, sizeOfSpace } from "./search_space.ts";

const strategy = defineStrategy({
  id: "many-kinds",
  params: {
    length: integer({ default: 10, min: 2, max: 500 }),
    width: number({ default: 1, min: 0, max: Infinity }),
    kind: choice({ default: "sma", choices: ["sma", "ema"] }),
    both: boolean({ default: false }),
  },
  rules: () => ({ enter: close.gt(0) }),
});

Deno.test("what is not named is searched in the strategy's own range", () => {
  const dimensions = searchDimensions(strategy, { width: { from: 0.1, to: 10, log: true } }, { both: true });
  assert.deepEqual(axesOf(dimensions), {
    length: { kind: "range", type: "integer", from: 2, to: 500, step: 1, log: false },
    width: { kind: "range", type: "number", from: 0.1, to: 10, step: null, log: true },
    kind: { kind: "choice", values: ["sma", "ema"] },
  });
  assert.equal(sizeOfSpace(dimensions), Infinity);
  const few = searchDimensions(strategy, { width: { from: 0, to: 1, step: 0.25 }, length: [50, 20], kind: ["ema"] });
  assert.equal(sizeOfSpace(few), 5 * 2 * 1 * 2);
  assert.deepEqual(few[0]!.axis, { kind: "list", values: [20, 50] });
});

Deno.test("a space that cannot be searched says which parameter and what to do", () => {
  const make = (space: Parameters<typeof searchDimensions>[1], fixed = {}) => () =>
    searchDimensions(strategy, { width: [1], ...space }, fixed);
  assert.throws(() => searchDimensions(strategy), /width may be any number from 0 to Infinity: state a part/);
  assert.throws(make({ lenght: [3] }), /no parameter "lenght".*did you mean length/);
  assert.throws(make({ length: { from: 50, to: 5 } }), /length from 50 to 5 is empty: write the smaller number first/);
  assert.throws(make({ length: { from: 1, to: 5 } }), /length cannot be 1: it is a whole number from 2 to 500/);
  assert.throws(make({ length: { from: 2, to: 5, step: 0.5 } }), /in steps of 0.5 are not: use whole numbers/);
  assert.throws(make({ length: { from: 2, to: 5, step: 0 } }), /steps of 0: use a step above 0/);
  assert.throws(make({ length: [] }), /no value for length/);
  assert.throws(make({ length: [3, 3] }), /length has 3 twice/);
  assert.throws(make({ kind: { from: 1, to: 2 } }), /kind is no number: give the values .* kind=sma,ema/);
  assert.throws(make({ kind: ["wma"] }), /kind cannot be wma: it is one of sma, ema/);
  assert.throws(make({ kind: ["sma"] }, { kind: "ema" }), /kind has one value and a range to search/);
  assert.throws(
    make({ width: { from: 0, to: 1, log: true } }),
    /width from 0 cannot be searched by ratios: begin above 0/,
  );
  const all = { length: 3, width: 1, kind: "sma", both: true };
  assert.throws(() => searchDimensions(strategy, {}, all), /all parameters of many-kinds are fixed/);
  const none = defineStrategy({ id: "none", params: {}, rules: () => ({ enter: close.gt(0) }) });
  assert.throws(() => searchDimensions(none), /none has no parameters: there is nothing to search/);
});

Deno.test("by ratios, as many places lie between 1 and 10 as between 10 and 100", () => {
  const own = new Dimension("x", { kind: "range", type: "number", from: 1, to: 100, step: null, log: true });
  assert.equal(own.valueAt(0.5), 10);
  assert.ok(Math.abs(own.unitOf(10) - 0.5) < 1e-12);
});

Deno.test("every value has a place in the middle of its cell, and every place a value of its axis", () => {
  const numbers = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 80 }), fc.boolean());
  const axes: fc.Arbitrary<SearchAxis> = fc.oneof(
    numbers.map(([from, more, log]) => ({
      kind: "range" as const,
      type: "integer" as const,
      from,
      to: from + more,
      step: 1,
      log,
    })),
    numbers.map(([from, more, log]) => (
      { kind: "range" as const, type: "number" as const, from, to: from + more / 10, step: 0.1, log }
    )),
    numbers.map(([from, more, log]) => (
      { kind: "range" as const, type: "number" as const, from, to: from + more, step: null, log }
    )),
    fc.uniqueArray(fc.integer(), { minLength: 1 }).map((own) => ({
      kind: "list" as const,
      values: own.sort((a, b) => a - b),
    })),
    fc.uniqueArray(fc.string(), { minLength: 1 }).map((values) => ({ kind: "choice" as const, values })),
  );
  fc.assert(
    fc.property(axes, fc.double({ min: 0, max: 1, noNaN: true }), (axis, unit) => {
      const own = new Dimension("x", axis), value = own.valueAt(unit), middle = own.unitOf(value);
      assert.equal(own.valueAt(middle), value);
      assert.ok(middle >= 0 && middle <= 1);
      if (own.levels === Infinity) assert.ok(Math.abs(middle - unit) < 1e-9);
      else assert.ok(Math.abs(middle - unit) <= own.widthAt(unit) / 2 + 1e-9);
      if (axis.kind === "range") assert.ok(value as number >= axis.from && value as number <= axis.to);
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("cells of all values fill the side", () => {
  const axis = fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 50 }), fc.boolean());
  fc.assert(
    fc.property(axis, ([from, more, log]) => {
      const own = new Dimension("x", { kind: "range", type: "integer", from, to: from + more, step: 1, log });
      let sum = 0;
      for (let level = 0; level < own.levels; level++) sum += own.widthAt(own.unitOf(own.valueOf(level)));
      assert.ok(Math.abs(sum - 1) < 1e-9);
    }),
    { numRuns: 2_000 },
  );
});
