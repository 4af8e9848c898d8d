// Test support only: what a lake must do, wherever it lies. Each case gets an empty place.
import assert from "node:assert/strict";
import { DownloadStore, importCandles, Lake, type Storage, storeCandles } from "../lake/mod.ts";
import { type CandleColumns, candleColumns, instrument } from "../market/mod.ts";
import { timeframe, timestampMs } from "../time/mod.ts";
import { dyingStorage } from "./dying_storage.ts";
import { inTemporaryFolder } from "./temporary_folder.ts";

/** A place for a lake, and what a stranger can do there. */
export interface LakePlace {
  readonly storage: Storage;
  /** Writes a file past the lake. */
  write(path: string, bytes: Uint8Array): Promise<void>;
}

const HOUR_MS = 3_600_000, FEBRUARY_MS = Date.UTC(2024, 1, 1);
const SOURCE = { exchange: "test", symbol: "BTC/USDT", timeframe: "1h" };
/** The candles that all cases are about. */
export const HOURS = {
  instrument: instrument({ exchange: "test", symbol: "BTC/USDT" }),
  timeframe: timeframe("1h"),
};
const FOLDER = "candles/exchange=test/symbol=BTC%2FUSDT/timeframe=1h";

/** Hours `from` to `to` around midnight of 1 February, so that they lie in two months. */
export function hours(from: number, to: number, shift = 0): CandleColumns {
  return candleColumns(
    HOURS.instrument,
    HOURS.timeframe,
    Array.from({ length: to - from }, (_, i) => {
      const hour = from + i, price = 100 + hour % 7 + shift;
      return {
        openTimeMs: timestampMs(FEBRUARY_MS + hour * HOUR_MS),
        open: price,
        high: price + 2,
        low: price - 2,
        close: price + 1,
        volume: 2_000 + hour,
      };
    }),
  );
}

async function fileOf(path: string, { openTimeMs, open, high, low, close, volume }: CandleColumns): Promise<string> {
  const rows = Array.from(openTimeMs, (time, i) => [time, open[i], high[i], low[i], close[i], volume[i]].join(","));
  await Deno.writeTextFile(path, ["time,open,high,low,close,volume", ...rows].join("\n"));
  return path;
}

/** All files of a place by their paths below its root, with their digests; what only writers see is left out. */
export async function filesOfPlace(storage: Storage, below = ""): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of await storage.names(`${storage.root}${below}`, "")) {
    if (/\.(lease|lock)$/.test(name)) continue;
    const path = `${below}/${name}`;
    if (!/\.(parquet|json|pending)$/.test(name)) Object.assign(files, await filesOfPlace(storage, path));
    else {
      const bytes = (await storage.read(`${storage.root}${path}`))!;
      files[path] = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)).toHex();
    }
  }
  return files;
}

async function withLake<T>(storage: Storage, work: (lake: Lake) => Promise<T>): Promise<T> {
  const lake = new Lake(storage);
  try {
    return await work(lake);
  } finally {
    await lake.close();
  }
}

const candlesIn = (storage: Storage) => withLake(storage, (lake) => lake.candles(HOURS));
const origin = { provider: "test", how: "fetch" } as const;

/** The cases by what they show. */
export const LAKE_CASES: Readonly<Record<string, (place: LakePlace) => Promise<void>>> = {
  "candles are imported, appended, listed, queried and exported": ({ storage }) =>
    inTemporaryFolder(async (folder) => {
      const [imported] = await importCandles(storage, await fileOf(`${folder}/a.csv`, hours(-12, 12)), SOURCE);
      assert.deepEqual([imported!.added, imported!.partitions], [24, ["2024-01", "2024-02"]]);
      const appended = await storeCandles(storage, hours(10, 20), origin);
      assert.deepEqual([appended.added, appended.partitions], [8, ["2024-02"]]);
      await withLake(storage, async (lake) => {
        assert.deepEqual({ ...await lake.candles(HOURS) }, { ...hours(-12, 20) });
        const [held, ...others] = await lake.list();
        assert.deepEqual([others.length, held!.symbol, held!.rows, held!.partitions], [0, "BTC/USDT", 32, 2]);
        assert.deepEqual(await lake.check(), { partitions: 2, rows: 32, settlements: 0, issues: [] });
        const counted = await lake.sql("select symbol, count(*)::double as n from candles group by symbol");
        assert.deepEqual([counted.getChild("symbol")!.get(0), counted.getChild("n")!.get(0)], ["BTC/USDT", 32]);
        assert.equal((await lake.resampled(HOURS, timeframe("1d"))).length, 2);
        assert.equal(await lake.export(HOURS, `${folder}/out.csv`), 32);
      });
      const out = (await Deno.readTextFile(`${folder}/out.csv`)).split("\n");
      assert.match(out[1]!, /^2024-01-31T12:00:00Z,/);
    }),

  "a candle that differs is refused and nothing is written, and with a word it is revised and counted": async (
    { storage },
  ) => {
    await storeCandles(storage, hours(-3, 6), origin);
    const before = await filesOfPlace(storage);
    await assert.rejects(storeCandles(storage, hours(2, 5, 1), origin), { code: "import" });
    assert.deepEqual(await filesOfPlace(storage), before);
    const { added, revised } = await storeCandles(storage, hours(2, 5, 1), origin, { revise: true });
    assert.deepEqual([added, revised], [0, 3]);
    assert.deepEqual((await candlesIn(storage)).close.slice(5, 8), hours(2, 5, 1).close);
    assert.equal((await withLake(storage, (lake) => lake.list()))[0]!.revised, 3);
  },

  "what was asked of a provider is remembered beside the candles": async ({ storage }) => {
    const store = new DownloadStore(storage), from = FEBRUARY_MS - 3 * HOUR_MS, to = FEBRUARY_MS + 6 * HOUR_MS;
    try {
      await store.store(hours(-3, 6), { ...origin, askedFromMs: from, askedToMs: to });
      assert.deepEqual(await store.asked(HOURS, "test"), [{ fromMs: from, toMs: to }]);
      assert.equal((await store.kept(HOURS)).length, 9);
      assert.equal(await store.recordRevisions(hours(2, 3, 1), "test", timestampMs(to)), 1);
      assert.equal(await store.recordRevisions(hours(2, 3, 1), "test", timestampMs(to)), 0);
    } finally {
      await store.close();
    }
  },

  "of writers of one month at once none loses a candle": async ({ storage }) => {
    const batches = [[0, 9], [9, 20], [20, 24], [5, 15]] as const;
    await Promise.all(batches.map(([from, to]) => storeCandles(storage, hours(from, to), origin)));
    assert.deepEqual({ ...await candlesIn(storage) }, { ...hours(0, 24) });
    let inside = 0, most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside--;
    };
    const path = `${storage.root}/${FOLDER}/month=2024-02.parquet`;
    await Promise.all(Array.from({ length: 4 }, () => storage.exclusively([path], work)));
    assert.equal(most, 1);
  },

  "a changed byte is never read, the month is set aside, and comes back with its source": ({ storage, write }) =>
    inTemporaryFolder(async (folder) => {
      const source = await fileOf(`${folder}/a.csv`, hours(-12, 12));
      await importCandles(storage, source, SOURCE);
      const before = await filesOfPlace(storage), whole = await candlesIn(storage);
      const path = `${storage.root}/${FOLDER}/month=2024-02.parquet`, bytes = (await storage.read(path))!.slice();
      await withLake(storage, async (lake) => {
        await lake.candles(HOURS);
        bytes[bytes.length >> 1]! ^= 0x10;
        await write(path, bytes);
        await assert.rejects(lake.candles(HOURS), { code: "partition-damaged" }, "by a lake that has read it before");
        assert.equal((await lake.check()).issues.length, 1);
        const [moved] = await lake.quarantine();
        assert.deepEqual([moved!.partition, moved!.sources], [`${FOLDER}/month=2024-02.parquet`, ["a.csv"]]);
        assert.deepEqual((await lake.check()).issues, []);
        assert.equal((await lake.candles(HOURS)).length, 12);
      });
      await importCandles(storage, source, SOURCE);
      assert.deepEqual({ ...await candlesIn(storage) }, { ...whole });
      const after = await filesOfPlace(storage);
      const kept = Object.entries(after).filter(([path]) => !path.startsWith("/quarantine/"));
      assert.deepEqual(Object.fromEntries(kept), before);
      assert.equal(Object.keys(after).length - kept.length, 2, "the file and its sidecar are kept aside");
    }),

  "a writer that dies after any change leaves the month old or new, and its work done again ends as if undisturbed":
    async ({ storage }) => {
      const first = hours(0, 12), second = hours(0, 24), seen = new Set<number>(), left = new Set<string>();
      let finished = false;
      for (let changes = 0; !finished; changes++) {
        for (const path of Object.keys(await filesOfPlace(storage))) await storage.remove(`${storage.root}${path}`);
        await storeCandles(storage, first, origin);
        finished = await dyingStorage(storage, changes, (dying) => storeCandles(dying, second, origin));
        assert.deepEqual((await withLake(storage, (lake) => lake.check())).issues, [], `after ${changes} changes`);
        const there = await candlesIn(storage);
        assert.deepEqual({ ...there }, { ...hours(0, there.length) }, `after ${changes} changes`);
        seen.add(there.length);
        await storeCandles(storage, second, origin);
        assert.deepEqual({ ...await candlesIn(storage) }, { ...second });
        left.add(Object.keys(await filesOfPlace(storage)).join(" "));
      }
      assert.deepEqual([...seen], [12, 24], "the old ones, then the new ones, and nothing between");
      assert.equal(left.size, 1, "nothing is left over");
    },
};
