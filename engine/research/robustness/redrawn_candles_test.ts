import assert from "node:assert/strict";
import fc from "fast-check";
import { candleColumns, instrument, VALUE_COLUMNS } from "../../market/mod.ts";
import { randomHistory } from "../../testing/random_history.ts";
import { SeededRandom, timeframe, type TimestampMs } from "../../time/mod.ts";
import { noisyCandles } from "./noisy_candles.ts";
import { jointTimes, redrawnCandles, redrawnPlaces } from "./redrawn_candles.ts";

const HOUR_MS = 3_600_000;
const historyOf = (symbol: string, seed: number, length = 60) =>
  randomHistory(instrument({ exchange: "test", symbol }), {
    seed,
    timeframe: timeframe("1h"),
    startMs: Date.UTC(2024, 0, 1),
    length,
    gaps: true,
    awkward: true,
    scale: { price: 1, quantity: 1, quote: 1 },
  });
const near = (a: number, b: number, what: string) =>
  assert.ok(Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b)), `${what}: ${a} is not ${b}`);

Deno.test("one block as long as the history is the history, bit for bit", () => {
  const candles = historyOf("BTC/USDT", 1, 500), times = jointTimes([candles]);
  const places = redrawnPlaces(times.length, "moving-block", times.length, new SeededRandom(5));
  const drawn = redrawnCandles(candles, times, places);
  assert.deepEqual(drawn, candles);
});

Deno.test("a block goes on from the close before it, with the shapes that its candles had", () => {
  const at = (open: number, high: number, low: number, close: number, volume: number) => ({
    open,
    high,
    low,
    close,
    volume,
  });
  const rows = [at(100, 120, 90, 110, 1), at(110, 121, 99, 99, 2), at(99, 99, 99, 99, 3), at(198, 220, 190, 200, 4)];
  const candles = candleColumns(
    instrument({ exchange: "test", symbol: "BTC/USDT" }),
    timeframe("1h"),
    rows.map((own, i) => ({ openTimeMs: i * HOUR_MS as TimestampMs, ...own })),
  );
  // The last candle doubles at its open; drawn first, it begins from where the history begins.
  const drawn = redrawnCandles(candles, jointTimes([candles]), Int32Array.of(3, 1, 2, 0));
  const scale = 100 / 99, second = 200 * scale / 110;
  assert.deepEqual([...drawn.open], [198 * scale, 110 * second, 99 * second, 100 * (99 * second / 100)]);
  assert.deepEqual([...drawn.close], [200 * scale, 99 * second, 99 * second, 110 * (99 * second / 100)]);
  assert.deepEqual([...drawn.volume], [4, 2, 3, 1]);
  assert.deepEqual([...drawn.openTimeMs], [0, 1, 2, 3].map((hour) => hour * HOUR_MS));
});

Deno.test("every drawn candle has the shape and the volume of a real one, and its return from the close before", () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.constantFrom("moving-block" as const, "stationary" as const),
      fc.integer({ min: 1, max: 30 }),
      (
        seed,
        kind,
        block,
      ) => {
        const candles = historyOf("BTC/USDT", seed % 50), times = jointTimes([candles]);
        const length = Math.min(block, times.length);
        const places = redrawnPlaces(times.length, kind, length, new SeededRandom(seed));
        const drawn = redrawnCandles(candles, times, places);
        for (let row = 0; row < drawn.length; row++) {
          const source = places[row]!, before = row === 0 ? candles.open[0]! : drawn.close[row - 1]!;
          const reference = source === 0 ? candles.open[0]! : candles.close[source - 1]!;
          for (const name of ["open", "high", "low", "close"] as const) {
            near(drawn[name][row]! / before, candles[name][source]! / reference, `${name} of ${row}`);
          }
          assert.equal(drawn.volume[row], candles.volume[source]);
        }
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("markets are drawn together, each with the candles that it had", () => {
  const btc = historyOf("BTC/USDT", 1, 200), eth = historyOf("ETH/USDT", 2, 200), times = jointTimes([btc, eth]);
  assert.ok(times.length > btc.length && times.length > eth.length, "both have gaps of their own");
  const places = redrawnPlaces(times.length, "stationary", 7, new SeededRandom(3));
  for (const own of [btc, eth]) {
    const drawn = redrawnCandles(own, times, places), there = new Set(own.openTimeMs);
    const expected = [...times].filter((_, at) => there.has(times[places[at]!]!));
    assert.deepEqual([...drawn.openTimeMs], expected);
    assert.ok(drawn.close.every((price) => price > 0));
  }
});

Deno.test("stationary blocks are as long on average as they are to be", () => {
  const places = redrawnPlaces(100_000, "stationary", 25, new SeededRandom(1));
  let blocks = 1;
  for (let at = 1; at < places.length; at++) if (places[at] !== places[at - 1]! + 1 && places[at] !== 0) blocks++;
  assert.ok(Math.abs(100_000 / blocks - 25) < 1.5, `${100_000 / blocks}`);
  assert.throws(() => redrawnPlaces(10, "moving-block", 11, new SeededRandom(1)), /blocks of 11 candles/);
});

Deno.test("without noise the candles are the candles, bit for bit", () => {
  const candles = historyOf("BTC/USDT", 4, 500);
  assert.deepEqual(noisyCandles(candles, 0, new SeededRandom(1)), candles);
});

Deno.test("noise leaves candles that could be: extremes hold open and close, prices stay above zero", () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 10, noNaN: true }), (seed, size) => {
      const candles = historyOf("BTC/USDT", seed % 50), noisy = noisyCandles(candles, size, new SeededRandom(seed));
      for (let row = 0; row < noisy.length; row++) {
        const [open, high, low, close] = VALUE_COLUMNS.map((name) => noisy[name][row]!) as [
          number,
          number,
          number,
          number,
        ];
        assert.ok(low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close), `row ${row}`);
      }
      assert.equal(noisy.volume, candles.volume);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("noise is as large as it is to be: its standard deviation is that share of the usual range", () => {
  const flat = candleColumns(
    instrument({ exchange: "test", symbol: "BTC/USDT" }),
    timeframe("1h"),
    Array.from({ length: 20_000 }, (_, i) => ({
      openTimeMs: i * HOUR_MS as TimestampMs,
      open: 1_000,
      high: 1_005,
      low: 995,
      close: 1_000,
      volume: 1,
    })),
  );
  const { close, open } = noisyCandles(flat, 0.2, new SeededRandom(1));
  const variance = close.reduce((sum, price) => sum + (price - 1_000) * (price - 1_000), 0) / close.length;
  assert.ok(Math.abs(Math.sqrt(variance) - 2) < 0.03, `${Math.sqrt(variance)} of a range of 10`);
  assert.deepEqual([...open.slice(1)], [...close.slice(0, -1)], "an open moves with the close before it");
});
