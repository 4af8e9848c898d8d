import assert from "node:assert/strict";
import { PAST_SEEDS } from "./past_seeds.ts";
import { CALM, swarmOf } from "./swarm.ts";
import { World } from "./world.ts";

/** Worlds of a day each that every change runs; a release runs thousands. */
const NEW_SEEDS = 24;

Deno.test("worlds that failed once hold", async () => {
  for (const { seed, days, found } of PAST_SEEDS) {
    assert.deepEqual((await new World({ seed, days }).run()).violations, [], `seed ${seed}: ${found}`);
  }
});

Deno.test(`nothing that must hold is broken in ${NEW_SEEDS} days of faults, and all is settled five minutes after them`, async () => {
  const steps = new Set<string>(), fired = new Set<string>();
  for (let seed = 1_001; seed <= 1_000 + NEW_SEEDS; seed++) {
    const result = await new World({ seed, days: 1 }).run();
    assert.deepEqual(result.violations, [], `deno task simulate --seed ${seed} --shrink`);
    assert.ok(result.settledAfterMs <= 5 * 60_000, `seed ${seed} took ${result.settledAfterMs} ms to settle`);
    for (const step of Object.keys(result.steps)) steps.add(step);
    for (const fault of Object.keys(result.fired)) fired.add(fault);
  }
  for (
    const step of [
      "sending>unknown",
      "unknown>absent",
      "unknown>open",
      "open>partiallyFilled",
      "partiallyFilled>cancelled",
    ]
  ) {
    assert.ok(steps.has(step), `no order went ${step}: the worlds are too calm`);
  }
  for (
    const fault of ["A1 lost-response", "B22 overfill", "B29 bust", "C31 silent stream", "E53 kill", "F64 database"]
  ) {
    assert.ok(fired.has(fault), `${fault} never struck`);
  }
});

Deno.test("the same seed does the same, and another one something else", async () => {
  const hash = async (seed: number) => (await new World({ seed, days: 0.25 }).run()).hash;
  const first = await hash(7);
  assert.equal(await hash(7), first);
  assert.notEqual(await hash(8), first);
});

Deno.test("a world without faults trades, and needs no time to settle", async () => {
  const result = await new World({ seed: 3, days: 0.5, swarm: CALM }).run();
  assert.deepEqual(result.violations, []);
  assert.ok(result.fills > 20 && result.starts === 1, JSON.stringify(result));
  assert.ok(result.settledAfterMs <= 2_000);
});

Deno.test("swarms differ: each fault is missing in some and there in others", () => {
  const swarms = Array.from({ length: 100 }, (_, seed) => swarmOf(seed));
  for (const name of Object.keys(swarms[0]!.shares) as (keyof typeof swarms[0]["shares"])[]) {
    const there = swarms.filter(({ shares }) => shares[name]! > 0).length;
    assert.ok(there > 25 && there < 75, `${name} is in ${there} of 100`);
  }
});
