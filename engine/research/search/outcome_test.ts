import assert from "node:assert/strict";
import fc from "fast-check";
import { bestFirst, crowdingDistances, dominates, type Outcome, paretoFronts } from "./outcome.ts";

const unit = new Float64Array(1);
const of = (losses: number[], violation = 0): Outcome => ({ unit, losses, violation });

Deno.test("fronts by hand: what none dominates comes first, then what only those do", () => {
  const outcomes = [of([1, 4]), of([2, 2]), of([4, 1]), of([3, 3]), of([2, 5]), of([5, 5])];
  assert.deepEqual(paretoFronts(outcomes), [[0, 1, 2], [3, 4], [5]]);
  // In the middle of the first front: (4 − 1) ÷ 3 + (4 − 1) ÷ 3.
  assert.deepEqual(crowdingDistances(outcomes, [0, 1, 2]), [Infinity, 2, Infinity]);
  assert.deepEqual(bestFirst(outcomes), [0, 2, 1, 3, 4, 5]);
});

Deno.test("what keeps the constraints comes first, then the nearest to keeping them, last what has no figure", () => {
  const outcomes = [of([Infinity], Infinity), of([0], 2), of([9]), of([1], 0.5), of([3])];
  assert.deepEqual(bestFirst(outcomes), [4, 2, 3, 1, 0]);
  const several = outcomes.map(({ losses, violation }) => of([losses[0]!, losses[0]!], violation));
  assert.deepEqual(bestFirst(several), [4, 2, 3, 1, 0]);
});

Deno.test("each outcome is in one front, none of a front dominates another of it, and each is dominated by one of the front before", () => {
  const losses = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }));
  const outcome = fc.tuple(losses, fc.constantFrom(0, 0, 0, 1, 2)).map(([own, violation]) => of(own, violation));
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 30 }), (outcomes) => {
      const fronts = paretoFronts(outcomes);
      assert.deepEqual(fronts.flat().toSorted((a, b) => a - b), outcomes.map((_, i) => i));
      fronts.forEach((front, level) => {
        for (const i of front) {
          assert.ok(!front.some((j) => dominates(outcomes[j]!, outcomes[i]!)));
          if (level > 0) assert.ok(fronts[level - 1]!.some((j) => dominates(outcomes[j]!, outcomes[i]!)));
        }
      });
    }),
    { numRuns: 10_000 },
  );
});
