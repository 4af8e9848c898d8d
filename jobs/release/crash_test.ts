// Trading processes killed at places that change with the commit; deno task release crash tries all of them at length.
import assert from "node:assert/strict";
import { RedisServer } from "../../engine/testing/redis_server.ts";
import { inOpenFolder } from "../../engine/testing/servers.ts";
import { CRASH_LABELS } from "../../engine/time/mod.ts";
import { labelsOf } from "./crash.ts";
import { CRASH_MODES, type CrashResult, crashRun, labelsOfTour } from "./crash_run.ts";
import { CrashSite } from "./crash_site.ts";
import { commitHash } from "./repository.ts";

function isWhole({ label, seed, duplicates, lostFills, wrongState, failure }: CrashResult): void {
  assert.deepEqual({ duplicates, lostFills, wrongState, failure }, {
    ...{ duplicates: [], lostFills: [], wrongState: [], failure: null },
  }, `killed at "${label}", seed ${seed}`);
}

Deno.test("a trading process that is killed anywhere is followed by one that loses and doubles nothing", (context) =>
  inOpenFolder((folder) =>
    RedisServer.with(async (redis) => {
      const site = await CrashSite.open(folder, redis, false), commit = await commitHash();
      const seed = 2 * (Number.parseInt(commit.slice(8, 14), 16) || 0) + 1;
      try {
        await context.step("in whichever way", async () => {
          // Odd seeds: a line that loses answers as well takes its time.
          const specs = labelsOf(commit).map((label, i) => ({ label, seed: seed + 2 * i, mode: CRASH_MODES[i % 2]! }));
          const results = await Promise.all(specs.map((spec) => crashRun(site, spec)));
          results.forEach(isWhole);
          assert.ok(results.some(({ orders }) => orders > 0));
        });
        await context.step("also while it takes the account as it is", async () => {
          isWhole(await crashRun(site, { label: "before adjustment commit", mode: "first", seed: 1 }));
        });
        await context.step("every place is one that a process comes by", async () => {
          const passed = await labelsOfTour(site);
          assert.deepEqual(CRASH_LABELS.filter((label) => !passed.has(label)), []);
        });
      } finally {
        await site.close();
      }
    })
  ));

Deno.test("the labels that are tried change with the commit, and none is left out for ever", () => {
  const all = Array.from({ length: 100 }, (_, i) => labelsOf(i.toString(16).padStart(8, "0"))).flat();
  assert.deepEqual(new Set(all), new Set(CRASH_LABELS));
});
