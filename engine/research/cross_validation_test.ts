import assert from "node:assert/strict";
import fc from "fast-check";
import { combinatorialPurged, type LabelIntervals, purgedKFold, purgedWalkForward, type Split } from "./mod.ts";

const DAY_MS = 86_400_000;

/** Labels in order of their beginnings, of any lengths, alike ones and long ones among them. */
const labelSets = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 120 })), {
  minLength: 12,
  maxLength: 60,
}).map((own): LabelIntervals => {
  const sorted = own.toSorted((a, b) => a[0] - b[0]);
  return {
    fromMs: Float64Array.from(sorted, ([from]) => from),
    toMs: Float64Array.from(sorted, ([from, length]) => from + length),
  };
});

/** Stretches of consecutive test samples with the time that their labels cover. */
function testTimes({ fromMs, toMs }: LabelIntervals, { test }: Split): [number, number][] {
  const times: [number, number][] = [];
  test.forEach((sample, i) => {
    if (i > 0 && test[i - 1] === sample - 1) {
      times.at(-1)![1] = Math.max(times.at(-1)![1], toMs[sample]!);
    } else times.push([fromMs[sample]!, toMs[sample]!]);
  });
  return times;
}

/** No label of the training touches a test or the embargo after it, and no other sample is missing. */
function isClean(labels: LabelIntervals, split: Split, embargoMs: number, candidates: number[]): void {
  const times = testTimes(labels, split), test = new Set(split.test), train = new Set(split.train);
  let purged = 0;
  for (const sample of candidates) {
    if (test.has(sample)) {
      assert.ok(!train.has(sample));
      continue;
    }
    const touches = times.some(([start, end]) =>
      labels.fromMs[sample]! <= end + embargoMs && labels.toMs[sample]! >= start
    );
    assert.equal(train.has(sample), !touches, `sample ${sample}`);
    if (touches) purged++;
  }
  assert.equal(split.purged, purged);
}

Deno.test("no training label of k folds touches a test or its embargo (10,000 layouts)", () => {
  fc.assert(
    fc.property(
      labelSets,
      fc.integer({ min: 2, max: 12 }),
      fc.integer({ min: 0, max: 90 }),
      (labels, folds, embargoMs) => {
        const splits = purgedKFold(labels, { folds, embargoMs }), all = Array.from(labels.fromMs, (_, i) => i);
        assert.deepEqual(splits.flatMap(({ test }) => [...test]), all);
        for (const split of splits) isClean(labels, split, embargoMs, all);
      },
    ),
    { numRuns: 10_000, seed: 7 },
  );
});

Deno.test("no training label of combined groups touches a test or its embargo, and each path is whole (10,000 layouts)", () => {
  fc.assert(
    fc.property(
      labelSets,
      fc.integer({ min: 2, max: 7 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 90 }),
      (labels, groups, wanted, embargoMs) => {
        const testGroups = Math.min(wanted, groups - 1), all = Array.from(labels.fromMs, (_, i) => i);
        const { splits, paths, bounds } = combinatorialPurged(labels, { groups, testGroups, embargoMs });
        for (const split of splits) {
          isClean(labels, split, embargoMs, all);
          assert.deepEqual(
            [...split.test],
            split.testGroups.flatMap((group) => all.slice(bounds[group], bounds[group + 1])),
          );
        }
        const used = new Set<string>();
        for (const path of paths) {
          path.forEach((split, group) => {
            assert.ok(splits[split]!.testGroups.includes(group));
            used.add(`${split} ${group}`);
          });
        }
        assert.equal(used.size, splits.length * testGroups, "each tested group is in one path");
        assert.equal(used.size, paths.length * groups);
      },
    ),
    { numRuns: 10_000, seed: 8 },
  );
});

Deno.test("no training label of a walk touches its test, and training comes before it (10,000 layouts)", () => {
  const layouts = fc.record({
    trainDays: fc.integer({ min: 20, max: 200 }),
    testDays: fc.integer({ min: 5, max: 100 }),
    gapDays: fc.integer({ min: 0, max: 40 }),
    anchored: fc.boolean(),
  });
  fc.assert(
    fc.property(labelSets, layouts, ({ fromMs, toMs }, layout) => {
      const days = (column: ArrayLike<number>) => Float64Array.from(column, (day) => day * DAY_MS);
      const labels = { fromMs: days(fromMs), toMs: days(toMs) };
      const length = fromMs[fromMs.length - 1]! - fromMs[0]!;
      fc.pre(length > layout.trainDays + layout.gapDays);
      for (const split of purgedWalkForward(labels, layout)) {
        const startMs = labels.fromMs[split.test[0]!]!;
        for (const sample of split.train) {
          assert.ok(labels.toMs[sample]! < startMs, `label of ${sample} ends in the test`);
          assert.ok(sample < split.test[0]!);
        }
      }
    }),
    { numRuns: 10_000, seed: 9 },
  );
});

Deno.test("six groups of which two are the test make 15 splits and 5 paths, as in the book", () => {
  const fromMs = Float64Array.from({ length: 60 }, (_, i) => i), labels = { fromMs, toMs: fromMs };
  const { splits, paths } = combinatorialPurged(labels, { groups: 6, testGroups: 2 });
  assert.deepEqual([splits.length, paths.length], [15, 5]);
  assert.deepEqual(splits.slice(0, 6).map((own) => own.testGroups), [[0, 1], [0, 2], [0, 3], [0, 4], [0, 5], [1, 2]]);
  assert.deepEqual(paths[0], [0, 0, 1, 2, 3, 4]);
});

Deno.test("a fold is purged of labels that reach into it and of those in its embargo", () => {
  // Ten labels of three units, one begins each unit; the second of five folds has the labels 2 and 3: from 2 to 5.
  const fromMs = Float64Array.from({ length: 10 }, (_, i) => i),
    labels = { fromMs, toMs: fromMs.map((own) => own + 2) };
  assert.deepEqual([...purgedKFold(labels, { folds: 5 })[1]!.train], [6, 7, 8, 9]);
  assert.deepEqual([...purgedKFold(labels, { folds: 5, embargoMs: 2 })[1]!.train], [8, 9]);
  assert.equal(purgedKFold(labels, { folds: 5, embargoMs: 2 })[1]!.purged, 6);
});

Deno.test("layouts that cannot be are refused with what to do", () => {
  const labels = (...own: [number, number][]) => ({ fromMs: own.map(([from]) => from), toMs: own.map(([, to]) => to) });
  assert.throws(() => purgedKFold(labels([0, 1], [1, 0]), { folds: 2 }), /label 1 is from 1 to 0/);
  assert.throws(() => purgedKFold(labels([1, 1], [0, 1]), { folds: 2 }), /label 1 begins before label 0: sort/);
  assert.throws(() => purgedKFold(labels([0, 1], [1, 2]), { folds: 3 }), /2 samples are too few for 3 groups/);
  assert.throws(() => purgedKFold(labels([0, 1], [1, 2]), { folds: 1 }), /cannot be cut into 1 groups/);
  assert.throws(() => purgedKFold(labels([0, 1], [1, 2]), { folds: 2, embargoMs: -1 }), /embargo of -1 ms/);
  assert.throws(
    () => combinatorialPurged(labels([0, 1], [1, 2]), { groups: 2, testGroups: 2 }),
    /2 of 2 groups cannot be the test/,
  );
  const many = Float64Array.from({ length: 40 }, (_, i) => i);
  assert.throws(
    () => combinatorialPurged({ fromMs: many, toMs: many }, { groups: 30, testGroups: 15 }),
    /more than 20000 splits/,
  );
});
