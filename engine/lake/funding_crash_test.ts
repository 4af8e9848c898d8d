// Funding is imported in one step or not at all, and what is kept does not depend on the way it came.
import assert from "node:assert/strict";
import fc from "fast-check";
import { instrument } from "../market/mod.ts";
import { dyingAfter } from "../testing/dying_after.ts";
import { filesBelow, inTemporaryFolder } from "../testing/temporary_folder.ts";
import { importFunding, Lake } from "./mod.ts";

const HOUR_MS = 3_600_000, NEW_YEAR_MS = Date.UTC(2020, 0, 1);
const BTC = instrument({ exchange: "binance", symbol: "BTC/USDT" });
const OPTIONS = { exchange: "binance", symbol: "BTC/USDT" };

/** A settlement of every 8 hours, whose facts follow from its number; a source may not tell all of them. */
function row(number: number, source: { lateMs: number; interval: boolean; mark: boolean }): string {
  const { lateMs, interval, mark } = source;
  const told = [interval ? 8 * HOUR_MS : "", mark ? 7000 + number / 4 : ""];
  return [NEW_YEAR_MS + number * 8 * HOUR_MS + lateMs, (number % 7 - 3) / 10_000, ...told].join(",");
}

async function fileOf(path: string, rows: readonly string[]): Promise<string> {
  await Deno.writeTextFile(path, ["time,rate,interval_ms,mark_price", ...rows].join("\n"));
  return path;
}

async function ratesOf(root: string): Promise<string> {
  const lake = new Lake(root);
  try {
    assert.deepEqual((await lake.check()).issues, []);
    const { timeMs, rate } = await lake.funding(BTC);
    return Array.from(timeMs, (time, i) => `${time} ${rate[i]}`).join("\n");
  } finally {
    await lake.close();
  }
}

Deno.test("an import of funding killed after any change to the files leaves the old or the new, and repeated ends as if undisturbed", () =>
  inTemporaryFolder(async (sources) => {
    const source = { lateMs: 4, interval: true, mark: false };
    const rows = Array.from({ length: 40 }, (_, i) => row(i, source));
    const first = await fileOf(`${sources}/first.csv`, rows.slice(10, 30));
    const second = await fileOf(`${sources}/second.csv`, rows);
    const [before, after] = await inTemporaryFolder(async (root) => {
      await importFunding(root, first, OPTIONS);
      const rates = await ratesOf(root);
      await importFunding(root, second, OPTIONS);
      return [rates, { rates: await ratesOf(root), files: await filesBelow(root) }] as const;
    });
    const seen = new Set<string>();
    let finished = false;
    for (let changes = 0; !finished; changes++) {
      await inTemporaryFolder(async (root) => {
        await importFunding(root, first, OPTIONS);
        finished = await dyingAfter(changes, () => importFunding(root, second, OPTIONS));
        const halfway = await filesBelow(root), rates = await ratesOf(root);
        assert.ok(rates === before || rates === after.rates, `after ${changes} changes`);
        seen.add(rates === before ? "old" : "new");
        assert.deepEqual(await filesBelow(root), halfway, "readers change nothing");
        await importFunding(root, second, OPTIONS);
        assert.deepEqual(await filesBelow(root), after.files, `repeated after ${changes} changes`);
      });
    }
    assert.deepEqual([...seen], ["old", "new"]);
  }));

Deno.test("files that overlap, in any order, with any lateness and telling more or less, make the same bytes", async () => {
  const bytesOf = async (root: string) =>
    (await filesBelow(root))["funding/exchange=binance/symbol=BTC%2FUSDT/funding.parquet"];
  const parts = fc.array(
    fc.record({
      numbers: fc.uniqueArray(fc.nat(24), { minLength: 1 }),
      lateMs: fc.integer({ min: -900, max: 15_000 }),
      interval: fc.boolean(),
      mark: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  );
  const whole = { numbers: Array.from({ length: 25 }, (_, i) => i), lateMs: 0, interval: true, mark: true };
  await inTemporaryFolder(async (root) => {
    let run = 0;
    const imported = async (files: readonly (typeof whole)[]) => {
      const lake = `${root}/${run++}`;
      for (const [i, { numbers, ...source }] of files.entries()) {
        await importFunding(
          lake,
          await fileOf(`${root}/${i}.csv`, numbers.map((number) => row(number, source))),
          OPTIONS,
        );
      }
      const bytes = await bytesOf(lake);
      await Deno.remove(lake, { recursive: true });
      return bytes;
    };
    const expected = await imported([whole]);
    assert.ok(expected);
    await fc.assert(
      fc.asyncProperty(parts, fc.nat(4), async (files, at) => {
        assert.deepEqual(await imported(files.toSpliced(at, 0, whole)), expected);
      }),
      { numRuns: 60 },
    );
  });
});
