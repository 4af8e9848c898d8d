// CORRUPTIONS=5000 deno task test engine/lake/corruption_test.ts plants all that the lake promises to find; CI fewer.
import assert from "node:assert/strict";
import { instrument } from "../market/mod.ts";
import { hours } from "../testing/lake_cases.ts";
import { CORRUPTIONS, plantCorruption } from "../testing/planted_corruption.ts";
import { inTemporaryFolder } from "../testing/temporary_folder.ts";
import { SeededRandom } from "../time/mod.ts";
import { everyPartition } from "./catalog.ts";
import { FolderStorage } from "./folder_storage.ts";
import { Lake, storeCandles } from "./mod.ts";

const COUNT = Number(Deno.env.get("CORRUPTIONS") ?? 200);
const SYMBOLS = ["BTC/USDT", "ETH/USDT"];

Deno.test(`of ${COUNT} planted corruptions of ${CORRUPTIONS.length} kinds each is found, and no wrong candle is read`, () =>
  inTemporaryFolder(async (root) => {
    const whole = SYMBOLS.map((symbol, i) => ({
      ...hours(-90, 90, i), // other prices, so that no two files have the same bytes
      instrument: instrument({ exchange: "test", symbol }),
    }));
    for (const candles of whole) await storeCandles(root, candles, { provider: "test", how: "fetch" });
    const months = (await everyPartition(new FolderStorage(root))).map(({ path }) => path);
    assert.equal(months.length, 4);
    const random = new SeededRandom(20_261_126), draw = (below: number) => Math.floor(random.next() * below);
    const lake = new Lake(root);
    for (let i = 0; i < COUNT; i++) {
      const planted = await plantCorruption(CORRUPTIONS[i % CORRUPTIONS.length]!, months, draw);
      const what = `${planted.kind}, number ${i}, ${planted.path}`;
      const { issues } = await lake.check();
      assert.ok(issues.length > 0, what);
      let refused = 0;
      for (const candles of whole) {
        try {
          const read = await lake.candles({ instrument: candles.instrument, timeframe: candles.timeframe });
          assert.deepEqual({ ...read }, { ...candles }, what);
        } catch (error) {
          assert.equal((error as { code?: string }).code, "partition-damaged", what);
          refused++;
        }
      }
      // Of candles whose bytes it has compared before, the lake does not read the sidecar again.
      assert.ok(refused > 0 || planted.kind === "foreign file" || planted.path.endsWith(".json"), what);
      await planted.undo();
    }
    assert.deepEqual((await lake.check()).issues, []);
    await lake.close();
  }));
