import assert from "node:assert/strict";
import { SeededRandom } from "../time/mod.ts";
import { crossValidatedChoice } from "./mod.ts";

function noise(trials: number, days: number, seed: number, edge = (_trial: number) => 0): Float64Array[] {
  const random = new SeededRandom(seed);
  const normal = () => Array.from({ length: 12 }, () => random.next()).reduce((sum, own) => sum + own, -6);
  return Array.from(
    { length: trials },
    (_, trial) => Float64Array.from({ length: days }, () => 0.01 * normal() + edge(trial)),
  );
}

Deno.test("of noise the choice promises much in training and keeps nothing", () => {
  const found = Array.from({ length: 10 }, (_, seed) => crossValidatedChoice(noise(100, 1_000, seed)));
  const mean = (of: (own: typeof found[number]) => number) =>
    found.reduce((sum, own) => sum + of(own), 0) / found.length;
  assert.ok(mean((own) => own.meanTrainSharpe!) > 1);
  assert.ok(Math.abs(mean((own) => own.meanSharpe!)) < 0.4, `${mean((own) => own.meanSharpe!)}`);
});

Deno.test("of one trial that is truly better the choice keeps what it promised", () => {
  const found = crossValidatedChoice(noise(50, 2_000, 3, (trial) => trial === 17 ? 0.0015 : 0));
  assert.ok(found.splits.every(({ chosen }) => chosen === 17));
  assert.ok(found.lowestSharpe! > 1.5 && found.losingPathsFraction === 0);
  assert.equal(found.highestSharpe, found.lowestSharpe, "one choice everywhere makes all paths the same");
});

Deno.test("the splits count every day once: trained on, tested or left out", () => {
  const { splits, paths, embargoDays } = crossValidatedChoice(noise(3, 200, 1), { groups: 8, testGroups: 2 });
  assert.deepEqual([splits.length, paths.length, embargoDays], [28, 7, 2]);
  for (const own of splits) assert.equal(own.trainDays + own.testDays + own.purgedDays, 200);
  assert.equal(splits[0]!.purgedDays, 2, "neighbours are one test with one embargo");
  assert.equal(splits[1]!.purgedDays, 4);
});

Deno.test("nothing to choose from or nothing to train on is said", () => {
  assert.throws(() => crossValidatedChoice(noise(1, 200, 1)), /one trial leaves nothing to choose/);
  assert.throws(
    () => crossValidatedChoice(noise(2, 20, 1), { groups: 4, testGroups: 2, embargoDays: 30 }),
    /are left to train on/,
  );
  assert.throws(() => crossValidatedChoice(noise(2, 5, 1)), /5 samples are too few for 10 groups/);
});
