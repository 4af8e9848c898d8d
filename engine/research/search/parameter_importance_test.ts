import assert from "node:assert/strict";
import { cube, searched } from "../../testing/searched.ts";
import { parameterImportance } from "./parameter_importance.ts";
import { samplerOf } from "./samplers.ts";
import type { Dimension } from "./search_axis.ts";
import type { TrialSurface } from "./trial_surface.ts";
import { Dimension as Axis } from "./search_axis.ts";

function surface(
  name: "sobol" | "tpe",
  dimensions: readonly Dimension[],
  f: (x: number[]) => number,
  trials = 300,
): TrialSurface {
  const { outcomes } = searched(samplerOf({ name }, dimensions, 1, 1), dimensions, (x) => [f(x)], trials);
  const points = outcomes.map(({ unit, losses }, index) => ({
    index,
    params: {},
    unit,
    value: losses[0]!,
    loss: losses[0]!,
  }));
  return { dimensions, points };
}

const byName = (own: TrialSurface) =>
  Object.fromEntries(parameterImportance(own)!.parameters.map(({ name, share }) => [name, share]));

Deno.test("of a planted sum the shares are those of the variances, in their order", () => {
  // Variances of 4 x0 + 2 x1 + x2 over a cube stand as 16 : 4 : 1, and x3 does nothing.
  const plane = ([a, b, c]: number[]) => 4 * a! + 2 * b! + c!;
  for (const name of ["sobol", "tpe"] as const) {
    const { parameters, togetherShare, trials } = parameterImportance(surface(name, cube(4), plane))!;
    assert.deepEqual(parameters.map((own) => own.name).slice(0, 3), ["x0", "x1", "x2"]);
    assert.equal(trials, 300);
    if (name === "tpe") continue;
    const shares = parameters.map(({ share }) => share);
    assert.ok(Math.abs(shares[0]! - 16 / 21) < 0.08 && Math.abs(shares[1]! - 4 / 21) < 0.06, shares.join());
    assert.ok(shares[3]! < 0.02 && togetherShare < 0.15, `${shares[3]}, ${togetherShare}`);
  }
});

Deno.test("what two parameters do only together is no share of either", () => {
  const { parameters, togetherShare } = parameterImportance(surface("sobol", cube(2), ([a, b]) => Math.sign(a! * b!)))!;
  assert.ok(togetherShare > 0.8, String(togetherShare));
  assert.ok(parameters.every(({ share }) => share < 0.1));
});

Deno.test("words have a share, too", () => {
  const kind = new Axis("kind", { kind: "choice", values: ["a", "b", "c"] });
  const shares = byName(surface("sobol", [...cube(1), kind], ([x, word]) => (String(word) === "b" ? 3 : 0) + x!));
  assert.ok(shares.kind! > 0.7 && shares.x0! < 0.3);
});

Deno.test("of few trials, or a figure that does not vary, nothing is said; and it is the same each time", () => {
  const own = surface("sobol", cube(2), ([a]) => a!);
  assert.equal(parameterImportance({ ...own, points: own.points.slice(0, 9) }), null);
  assert.equal(parameterImportance(surface("sobol", cube(2), () => 1)), null);
  assert.deepEqual(parameterImportance(own), parameterImportance(own));
});
