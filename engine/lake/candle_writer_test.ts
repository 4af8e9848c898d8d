import assert from "node:assert/strict";
import { type Candle, type CandleColumns, candleColumns, instrument, sliceCandles } from "../market/mod.ts";
import { filesBelow, inTemporaryFolder } from "../testing/temporary_folder.ts";
import { parseTimestamp, SeededRandom, timeframe, type TimestampMs } from "../time/mod.ts";
import { CandleWriter, Lake, storeCandles } from "./mod.ts";

const BTC = instrument({ exchange: "binance", symbol: "BTC/USDT" }), MINUTE = timeframe("1m"), MINUTE_MS = 60_000;
const MINUTES = { instrument: BTC, timeframe: MINUTE };
const START_MS = parseTimestamp("2024-01-31T23:30");
const FETCH = { provider: "binance", how: "fetch" } as const;

/** Minutes `from` to `to` around midnight of a month's last day. */
function minutes(from: number, to: number, close = 100): CandleColumns {
  const rows = Array.from({ length: to - from }, (_, i): Candle => ({
    openTimeMs: START_MS + (from + i) * MINUTE_MS as TimestampMs,
    open: 100,
    high: 110,
    low: 90,
    close: close + (from + i) / 100,
    volume: from + i,
  }));
  return candleColumns(BTC, MINUTE, rows);
}

Deno.test("batches in any order and overlap give the lake of one batch, and what is there already changes nothing", () =>
  inTemporaryFolder(async (folder) => {
    const whole = minutes(0, 60), writer = new CandleWriter(`${folder}/parts`);
    const parts = [minutes(40, 60), minutes(0, 20), minutes(10, 45)];
    assert.deepEqual(
      (await Promise.all(parts.map((part) => writer.store(part, FETCH)))).map(({ added }) => added),
      [20, 20, 20],
    );
    const before = await filesBelow(folder);
    assert.deepEqual(await writer.store(whole, FETCH), { added: 0, revised: 0, duplicates: 0, partitions: [] });
    assert.deepEqual(await filesBelow(folder), before);
    await writer.close();
    await storeCandles(`${folder}/whole`, whole, FETCH);
    for (const root of ["parts", "whole"]) {
      const lake = new Lake(`${folder}/${root}`);
      assert.deepEqual({ ...await lake.candles(MINUTES) }, { ...whole });
      assert.deepEqual((await lake.check()).issues, []);
      await lake.close();
    }
  }));

Deno.test("a provider that is asked each minute is one line of a month's provenance, with the sums of what it gave", () =>
  inTemporaryFolder(async (root) => {
    const writer = new CandleWriter(root);
    for (let minute = 0; minute < 5; minute++) await writer.store(minutes(minute, minute + 2), FETCH);
    await writer.store(minutes(20, 22), { provider: "kraken", how: "repair" });
    await writer.close();
    const file = Object.keys(await filesBelow(root)).find((name) => name.endsWith("2024-01.json"))!;
    assert.deepEqual(JSON.parse(await Deno.readTextFile(`${root}/${file}`)).provenance, [
      { provider: "binance", how: "fetch", rows: 10, added: 6, revised: 0 },
      { provider: "kraken", how: "repair", rows: 2, added: 2, revised: 0 },
    ]);
  }));

Deno.test("candles that differ from what is kept are refused, with nothing written, or revise it and are counted", () =>
  inTemporaryFolder(async (root) => {
    await storeCandles(root, minutes(0, 60), FETCH);
    const before = await filesBelow(root), other = minutes(25, 35, 105);
    await assert.rejects(
      storeCandles(root, other, FETCH),
      /what binance says of BTC\/USDT differs from 10 candles that are kept already, the first of 2024-01-31T23:55:00Z/,
    );
    assert.deepEqual(await filesBelow(root), before);
    const { revised, added, partitions } = await storeCandles(root, other, FETCH, { revise: true });
    assert.deepEqual([revised, added, partitions], [10, 0, ["2024-01", "2024-02"]]);
    const lake = new Lake(root), [held] = await lake.list();
    assert.equal(held!.revised, 10);
    await lake.close();
  }));

Deno.test("what cannot be a candle is refused with its provider, market and time, and nothing of the batch is kept (7 cases)", () =>
  inTemporaryFolder(async (root) => {
    const changed = (change: Partial<Candle>) => {
      const rows = minutes(0, 3),
        column = (name: keyof Candle) =>
          Float64Array.from(rows[name], (value, i) => i === 1 && change[name] !== undefined ? change[name]! : value);
      return { ...rows, openTimeMs: column("openTimeMs"), close: column("close"), volume: column("volume") };
    };
    const cases: [Partial<Candle>, RegExp][] = [
      [{ close: NaN }, /binance gave a 1m candle of BTC\/USDT at 2024-01-31T23:31:00Z that has the close NaN/],
      [{ close: 0 }, /has the close 0/],
      [{ close: Infinity }, /has the close Infinity/],
      [{ volume: -1 }, /has the volume -1/],
      [{ openTimeMs: START_MS + 90_000 as TimestampMs }, /does not begin a 1m candle/],
      [{ openTimeMs: START_MS * 1000 as TimestampMs }, /is not later|candle/],
      [{ openTimeMs: START_MS as TimestampMs }, /is not later than the one before/],
    ];
    for (const [change, problem] of cases) {
      await assert.rejects(storeCandles(root, changed(change), FETCH), problem, JSON.stringify(change));
    }
    assert.deepEqual(await filesBelow(root), {});
  }));

Deno.test("two writers of one month at once lose nothing of each other, in 20 rounds of 4 writers", () =>
  inTemporaryFolder(async (root) => {
    const writers = Array.from({ length: 4 }, () => new CandleWriter(root));
    for (let round = 0; round < 20; round++) {
      await Promise.all(writers.map((writer, i) => writer.store(minutes(round * 4 + i, round * 4 + i + 1), FETCH)));
    }
    await Promise.all(writers.map((writer) => writer.close()));
    const lake = new Lake(root);
    assert.deepEqual({ ...await lake.candles(MINUTES) }, { ...minutes(0, 80) });
    assert.deepEqual((await lake.check()).issues, []);
    await lake.close();
    const left = Array.from(Deno.readDirSync(`${root}/candles/exchange=binance/symbol=BTC%2FUSDT/timeframe=1m`));
    assert.deepEqual(left.map(({ name }) => name).filter((name) => name.startsWith(".")), [], "no lock is left");
  }));

Deno.test("minute by minute, by two writers in turn, gives the lake of one batch to the last bit, over a month's end", () =>
  inTemporaryFolder(async (folder) => {
    const random = new SeededRandom(7),
      rows = Array.from({ length: 60 }, (_, i): Candle => {
        const [low, open, close, high] = Array.from({ length: 4 }, () => random.next() / 3).sort();
        const openTimeMs = START_MS + i * MINUTE_MS as TimestampMs;
        return { openTimeMs, open: open!, high: high!, low: low!, close: close!, volume: 1e-17 * random.next() };
      });
    const whole = candleColumns(BTC, MINUTE, rows), root = `${folder}/parts`;
    const writers = [new CandleWriter(root), new CandleWriter(root)];
    for (let i = 0; i < rows.length; i++) {
      const { added, partitions } = await writers[i % 7 === 6 ? 1 : 0]!.store(sliceCandles(whole, i, i + 1), FETCH);
      assert.deepEqual([added, partitions], [1, [i < 30 ? "2024-01" : "2024-02"]]);
    }
    for (const writer of writers) await writer.close();
    await storeCandles(`${folder}/whole`, whole, FETCH);
    const [parts, once] = await Promise.all(["parts", "whole"].map(async (name) => {
      const lake = new Lake(`${folder}/${name}`);
      try {
        assert.deepEqual((await lake.check()).issues, []);
        return { candles: { ...await lake.candles(MINUTES) }, listed: await lake.list() };
      } finally {
        await lake.close();
      }
    }));
    assert.deepEqual(parts, once);
    assert.deepEqual(parts!.candles, { ...whole });
  }));

Deno.test("a month that was damaged since its writer wrote it is not written over", () =>
  inTemporaryFolder(async (root) => {
    const writer = new CandleWriter(root);
    await writer.store(minutes(0, 10), FETCH);
    const path = `${root}/${Object.keys(await filesBelow(root)).find((name) => name.endsWith(".parquet"))}`;
    const bytes = await Deno.readFile(path);
    bytes[100]! ^= 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    await Deno.writeFile(path, bytes);
    await assert.rejects(writer.store(minutes(10, 11), FETCH), { code: "partition-damaged" });
    await writer.close();
    assert.deepEqual(await Deno.readFile(path), bytes);
  }));
