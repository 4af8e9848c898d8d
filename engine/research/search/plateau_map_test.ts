import assert from "node:assert/strict";
import { cube, searched } from "../../testing/searched.ts";
import { plateauMap } from "./plateau_map.ts";
import { samplerOf } from "./samplers.ts";
import { Dimension } from "./search_axis.ts";
import type { TrialSurface } from "./trial_surface.ts";

const bell = (distance: number, width: number) => -Math.exp(-((distance / width) ** 2));
const LANDSCAPES: Record<string, (x: number[]) => number> = {
  plateau: ([x, y]) => bell(Math.hypot(x! - 0.2, y! + 0.1), 0.9),
  ridge: ([x, y]) => bell(x! - y!, 0.1),
  spike: ([x, y]) => bell(Math.hypot(x! - 0.2, y! + 0.2), 0.06),
};

const grid = Array.from(
  { length: 2 },
  (_, i) => new Dimension(`x${i}`, { kind: "range", type: "number", from: -1, to: 1, step: 0.05, log: false }),
);

function surface(
  name: "grid" | "sobol" | "tpe",
  dimensions: readonly Dimension[],
  f: (x: number[]) => number,
  trials: number,
): TrialSurface {
  const { outcomes } = searched(samplerOf({ name }, dimensions, 1, 1), dimensions, (x) => [f(x)], trials);
  const points = outcomes.map(({ unit, losses: [loss] }, index) => ({
    index,
    params: {},
    unit,
    value: -loss!,
    loss: loss!,
  }));
  return { dimensions, points };
}

Deno.test("plateau, ridge and spike are told apart on a grid and by searched points", () => {
  for (const [name, f] of Object.entries(LANDSCAPES)) {
    const { verdict, text, best, points } = plateauMap(surface("grid", grid, f, 2_000));
    assert.equal(verdict, name, text);
    assert.match(text, new RegExp(`^a ${name}: of \\d+ neighbours`));
    assert.equal(points.length, 1_681);
    assert.equal(best!.value, Math.max(...points.map(({ value }) => value)));
    assert.equal(plateauMap(surface("tpe", cube(2), f, 500)).verdict, name);
  }
  assert.equal(plateauMap(surface("sobol", cube(2), LANDSCAPES.plateau!, 500)).verdict, "plateau");
});

Deno.test("by hand: five points in a row, of which the one in the middle is best", () => {
  const row = new Dimension("x", { kind: "list", values: [1, 2, 3, 4, 5] });
  const values = [0, 6, 10, 4, 0];
  const points = values.map((value, i) => (
    { index: i, params: { x: i + 1 }, unit: Float64Array.of((i + 0.5) / 5), value, loss: -value }
  ));
  const { best, verdict } = plateauMap({ dimensions: [row], points });
  // All five have the same room, so that the typical one is 4. The advantage is 6, of which 6 keeps a third and 4 nothing.
  assert.deepEqual(best, {
    index: 2,
    params: { x: 3 },
    value: 10,
    neighbours: 2,
    kept: { median: 0, lowerQuartile: 0, upperQuartile: 2 / 6, worst: 0 },
  });
  assert.equal(verdict, "spike");
});

Deno.test("without neighbours, points or an advantage nothing is said", () => {
  const few = surface("sobol", cube(3), ([x]) => x!, 5);
  assert.equal(plateauMap(few).verdict, "unknown");
  assert.match(plateauMap(few).text, /too few to tell|no better than the typical/);
  assert.match(plateauMap({ ...few, points: [] }).text, /no best trial/);
  assert.match(plateauMap(surface("grid", grid, () => 1, 100)).text, /no better than the typical trial/);
});

Deno.test("words are near only to themselves, and a trial may be named", () => {
  const kind = new Dimension("kind", { kind: "choice", values: ["a", "b"] });
  const f = ([x, word]: number[]) => (String(word) === "a" ? 0 : 5) + x! * x!;
  const own = surface("grid", [grid[0]!, kind], f, 82);
  const { best, verdict } = plateauMap(own);
  assert.equal(verdict, "plateau");
  assert.equal(best!.neighbours, 8);
  assert.equal(plateauMap(own, 3).best!.index, 3);
});
