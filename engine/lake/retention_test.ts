import assert from "node:assert/strict";
import type { RunManifest } from "../backtest/mod.ts";
import { HOURS, hours } from "../testing/lake_cases.ts";
import { dyingStorage } from "../testing/dying_storage.ts";
import { filesBelow, inTemporaryFolder } from "../testing/temporary_folder.ts";
import { DAY_MS, timestampMs } from "../time/mod.ts";
import { FolderStorage } from "./folder_storage.ts";
import { DownloadStore, Lake, retiredMonths, retireMonths } from "./mod.ts";

const FEBRUARY_MS = Date.UTC(2024, 1, 1), HOUR_MS = 3_600_000;
/** December, January, February: hours around midnight of 1 February. */
const whole = hours(-800, 100);
const spanMs = [FEBRUARY_MS - 800 * HOUR_MS, FEBRUARY_MS + 100 * HOUR_MS] as const;

function withLake(work: (root: string) => Promise<void>): Promise<void> {
  return inTemporaryFolder(async (root) => {
    const store = new DownloadStore(root);
    await store.store(whole, { provider: "test", how: "fetch", askedFromMs: spanMs[0], askedToMs: spanMs[1] });
    await store.close();
    await work(root);
  });
}

async function opensIn(root: string): Promise<number[]> {
  const lake = new Lake(root);
  try {
    assert.deepEqual((await lake.check()).issues, []);
    const { openTimeMs } = await lake.candles(HOURS);
    return [openTimeMs[0]!, openTimeMs.at(-1)!];
  } finally {
    await lake.close();
  }
}

/** A run on the hours of one day. */
function runOn(dayMs: number): RunManifest {
  const data = { instrument: "test:BTC/USDT", sha256: "", candles: 24, originMs: dayMs, lastMs: dayMs + 23 * HOUR_MS };
  return { timeframe: "1h", run: { hash: "abc", data: [data] } } as unknown as RunManifest;
}

const monthsOf = (months: readonly { month: string }[]) => months.map(({ month }) => month);
/** 29 days after the end of January. */
const NOW = timestampMs(FEBRUARY_MS + 29 * DAY_MS);

Deno.test("months whose candles all closed more than so many days ago are shown, and nothing is changed", () =>
  withLake(async (root) => {
    const before = await filesBelow(root), options = { nowMs: NOW, runs: [] };
    const shown = async (keepDays: number | null, rule = {}) =>
      monthsOf(await retiredMonths(root, { ...rule, keepDays }, options));
    assert.deepEqual(await shown(29), ["2023-12", "2024-01"], "January ended exactly 29 days ago");
    assert.deepEqual(await shown(30), ["2023-12"]);
    assert.deepEqual(await shown(60), ["2023-12"], "December ended exactly 60 days ago");
    assert.deepEqual(await shown(61), []);
    assert.deepEqual(await shown(null, { symbol: "BTC/USDT" }), ["2023-12", "2024-01", "2024-02"]);
    for (const rule of [{ symbol: "ETH/USDT" }, { timeframe: "1d" }, { exchange: "other" }, { kind: "mark" }]) {
      assert.deepEqual(await shown(null, rule), []);
    }
    assert.deepEqual(await filesBelow(root), before);
  }));

Deno.test("what goes lies in the archive, and can be asked for again; the rest is as it was", () =>
  withLake((root) =>
    inTemporaryFolder(async (archive) => {
      const before = await filesBelow(root);
      const gone = await retireMonths(root, { keepDays: 29 }, { nowMs: NOW, runs: [], archive });
      assert.deepEqual(monthsOf(gone), ["2023-12", "2024-01"]);
      assert.deepEqual(await opensIn(root), [FEBRUARY_MS, FEBRUARY_MS + 99 * HOUR_MS]);
      const after = await filesBelow(root), kept = await filesBelow(archive);
      assert.equal(Object.keys(kept).length, 4);
      for (const [path, digest] of Object.entries(kept)) assert.equal(digest, before[path]);
      for (const [path, digest] of Object.entries(after)) {
        if (!path.endsWith("fetched.json")) assert.equal(digest, before[path]);
      }
      const store = new DownloadStore(root);
      assert.deepEqual(await store.asked(HOURS, "test"), [{ fromMs: FEBRUARY_MS, toMs: spanMs[1] }]);
      await store.close();
      assert.equal((await new Lake(archive).candles(HOURS)).length, 800, "an archive is a lake itself");
    })
  ));

Deno.test("a month that a kept run was made of stays and names the run, unless it is forced", () =>
  withLake(async (root) => {
    const rule = { keepDays: 29 }, january = runOn(FEBRUARY_MS - DAY_MS), february = runOn(FEBRUARY_MS);
    const options = { nowMs: NOW, runs: [january, february] };
    assert.deepEqual((await retiredMonths(root, rule, options)).map(({ neededBy }) => neededBy), [[], ["abc"]]);
    assert.deepEqual(monthsOf(await retireMonths(root, rule, options)), ["2023-12"]);
    assert.equal((await opensIn(root))[0], Date.UTC(2024, 0, 1));
    assert.deepEqual(monthsOf(await retireMonths(root, rule, { ...options, force: true })), ["2024-01"]);
    assert.equal((await opensIn(root))[0], FEBRUARY_MS);
  }));

Deno.test("what was interrupted after any change is ended by the same call", async () => {
  let finished = false;
  for (let changes = 0; !finished; changes++) {
    await withLake(async (root) => {
      const rule = { keepDays: 30 }, options = { nowMs: NOW, runs: [] };
      finished = await dyingStorage(new FolderStorage(root), changes, (dying) => retireMonths(dying, rule, options));
      await retireMonths(root, rule, options);
      assert.deepEqual(await opensIn(root), [Date.UTC(2024, 0, 1), FEBRUARY_MS + 99 * HOUR_MS], `${changes} changes`);
      assert.equal(Object.keys(await filesBelow(root)).length, 5);
      const store = new DownloadStore(root);
      assert.deepEqual((await store.asked(HOURS, "test"))[0]!.fromMs, Date.UTC(2024, 0, 1));
      await store.close();
    });
  }
});
