import assert from "node:assert/strict";
import { PAST_SEEDS } from "./past_seeds.ts";
import { CALM, swarmOf } from "./swarm.ts";
import { World } from "./world.ts";
import { firedByNumber, NOT_IN_WORLD, WORLD_FAULTS } from "./world_faults.ts";

/** Worlds of a day each that every change runs; a release runs thousands. */
const NEW_SEEDS = 24;

Deno.test("worlds that failed once hold", async () => {
  for (const { seed, days, found } of PAST_SEEDS) {
    assert.deepEqual((await new World({ seed, days }).run()).violations, [], `seed ${seed}: ${found}`);
  }
});

Deno.test(`nothing that must hold is broken in ${NEW_SEEDS} days of faults, and all is settled five minutes after them`, async () => {
  const steps = new Set<string>(), fired = new Map<string, number>();
  for (let seed = 1_001; seed <= 1_000 + NEW_SEEDS; seed++) {
    const result = await new World({ seed, days: 1 }).run();
    assert.deepEqual(result.violations, [], `deno task simulate --seed ${seed} --shrink`);
    assert.ok(result.settledAfterMs <= 5 * 60_000, `seed ${seed} took ${result.settledAfterMs} ms to settle`);
    for (const step of Object.keys(result.steps)) steps.add(step);
    for (const [fault, times] of Object.entries(result.fired)) fired.set(fault, (fired.get(fault) ?? 0) + times);
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
  for (const [id, times] of Object.entries(firedByNumber(Object.fromEntries(fired)))) {
    assert.ok(times > 0, `${id} never struck: the worlds are too calm`);
  }
});

Deno.test("each fault of trading, of data, of processes and of stores is acted out, or it says why not", async () => {
  const page = await Deno.readTextFile(new URL("../../../docs/reliability.md", import.meta.url));
  const ids = [...WORLD_FAULTS, ...Object.keys(NOT_IN_WORLD)];
  assert.deepEqual(
    ids.map((id) => Number(id.slice(1))).sort((a, b) => a - b),
    Array.from({ length: 73 }, (_, i) => i + 1),
  );
  for (const id of Object.keys(NOT_IN_WORLD)) assert.ok(page.includes(`| ${id.slice(1)} `), id);
  assert.equal(firedByNumber({ "A1 x": 2, "A1 y": 3, "alarm A1": 4 }).A1, 5);
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
