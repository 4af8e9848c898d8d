import assert from "node:assert/strict";
import fc from "fast-check";
import { randomCandles } from "../testing/random_candles.ts";
import { barClose, barOpen, timeframe, type TimestampMs, timestampMs } from "../time/mod.ts";
import { candleAt, candleQuality, candlesBetween, instrument, resample, rowAtOrAfter, sliceCandles } from "./mod.ts";

const btc = instrument({ exchange: "binance", symbol: "BTC/USDT" });
const minute = timeframe("1m");
const anyCandles = randomCandles(btc, minute, Date.UTC(2024, 1, 28, 22, 7), 300);
const RUNS = { numRuns: 500 };

Deno.test("a coarse candle has the first open, the extremes, the last close and the whole volume, over 500 histories", () => {
  fc.assert(
    fc.property(anyCandles, fc.constantFrom("5m", "15m", "1h", "1d", "1w", "1M"), (candles, name) => {
      const coarse = resample(candles, timeframe(name));
      let covered = 0;
      for (let i = 0; i < coarse.length; i++) {
        const open = coarse.openTimeMs[i] as TimestampMs;
        const rows = [...candles.openTimeMs.keys()].filter((row) =>
          barOpen(timeframe(name), candles.openTimeMs[row] as TimestampMs) === open
        );
        covered += rows.length;
        const of = (column: "open" | "high" | "low" | "close" | "volume") => rows.map((row) => candles[column][row]!);
        assert.equal(coarse.open[i], of("open")[0]);
        assert.equal(coarse.close[i], of("close").at(-1));
        assert.equal(coarse.high[i], Math.max(...of("high")));
        assert.equal(coarse.low[i], Math.min(...of("low")));
        assert.equal(coarse.volume[i], of("volume").reduce((sum, value) => sum + value, 0));
      }
      assert.equal(covered, candles.length);
    }),
    RUNS,
  );
});

Deno.test("resampling in two steps gives the same prices as in one", () => {
  fc.assert(
    fc.property(anyCandles, (candles) => {
      const direct = resample(candles, timeframe("1h")),
        twice = resample(resample(candles, timeframe("5m")), timeframe("1h"));
      for (const column of ["openTimeMs", "open", "high", "low", "close"] as const) {
        assert.deepEqual(twice[column], direct[column]);
      }
    }),
    RUNS,
  );
});

Deno.test("finished coarse candles do not change when more candles come", () => {
  fc.assert(
    fc.property(anyCandles, fc.nat(), (candles, at) => {
      const cut = sliceCandles(candles, 0, at % (candles.length + 1));
      const before = resample(cut, timeframe("15m")), after = resample(candles, timeframe("15m"));
      for (let i = 0; i < before.length - 1; i++) assert.deepEqual(candleAt(before, i), candleAt(after, i));
    }),
    RUNS,
  );
});

Deno.test("candles can only be made coarser, and whole", () => {
  const candles = fc.sample(anyCandles, 1)[0]!;
  assert.throws(() => resample(resample(candles, timeframe("1h")), minute), /coarser/);
  assert.throws(() => resample(resample(candles, timeframe("1w")), timeframe("1M")), /coarser/);
});

Deno.test("a range holds the candles that open in it, its end not included, over 500 ranges", () => {
  fc.assert(
    fc.property(anyCandles, fc.nat(400), fc.nat(400), (candles, a, b) => {
      const start = Date.UTC(2024, 1, 28, 22, 0);
      const from = timestampMs(start + Math.min(a, b) * 30_000), to = timestampMs(start + Math.max(a, b) * 30_000);
      const wanted = Array.from(candles.openTimeMs).filter((time) => time >= from && time < to);
      assert.deepEqual(Array.from(candlesBetween(candles, from, to).openTimeMs), wanted);
      assert.equal(rowAtOrAfter(candles, from), Array.from(candles.openTimeMs).filter((time) => time < from).length);
    }),
    RUNS,
  );
});

Deno.test("quality counts breaks, missing candles and zero volume as a walk over the grid does, over 500 histories", () => {
  fc.assert(
    fc.property(anyCandles, (candles) => {
      let missing = 0, gaps = 0;
      for (let i = 1; i < candles.length; i++) {
        let absent = 0;
        for (
          let time = barClose(minute, candles.openTimeMs[i - 1] as TimestampMs);
          time < candles.openTimeMs[i]!;
          time = barClose(minute, time)
        ) absent++;
        missing += absent;
        gaps += absent > 0 ? 1 : 0;
      }
      const quality = candleQuality(candles, minute, { duplicates: 2, outOfOrder: 1 });
      assert.deepEqual([quality.missing, quality.gaps, quality.duplicates], [missing, gaps, 2]);
      assert.equal(quality.zeroVolume, candles.volume.filter((value) => value === 0).length);
    }),
    RUNS,
  );
});

Deno.test("outliers are the moves above 50 times the median of those that are none of zero (2,000 histories)", () => {
  let found = 0;
  const price = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 10_000, max: 10_020 }) },
    fc.integer({ min: 1, max: 10_000_000 }),
  );
  fc.assert(
    fc.property(fc.array(price, { minLength: 1, maxLength: 60 }), (prices) => {
      const close = Float64Array.from(prices), openTimeMs = close.map((_, i) => i * 60_000);
      const moves = prices.slice(1).map((own, i) => Math.abs(own / prices[i]! - 1));
      const usual = moves.filter((move) => move > 0).sort((a, b) => a - b), median = usual[usual.length >> 1];
      const outliers = median === undefined ? 0 : moves.filter((move) => move > 50 * median).length;
      const candles = { openTimeMs, open: close, high: close, low: close, close, volume: close };
      assert.equal(candleQuality(candles, minute, { duplicates: 0, outOfOrder: 0 }).outliers, outliers);
      found += outliers;
    }),
    { numRuns: 2_000 },
  );
  assert.ok(found > 1_000, `${found} outliers`);
});

Deno.test("months that are missing are counted on the calendar", () => {
  const times = Float64Array.of(Date.UTC(2024, 0, 1), Date.UTC(2024, 3, 1));
  const ones = Float64Array.of(1, 1);
  const candles = { openTimeMs: times, open: ones, high: ones, low: ones, close: ones, volume: ones };
  const quality = candleQuality(candles, timeframe("1M"), { duplicates: 0, outOfOrder: 0 });
  assert.deepEqual([quality.gaps, quality.missing], [1, 2]);
});

Deno.test("an instrument is checked part by part", () => {
  const refused = (options: Parameters<typeof instrument>[0], part: RegExp) =>
    assert.throws(() => instrument(options), part);
  refused({ exchange: "Binance", symbol: "BTC/USDT" }, /"Binance"/);
  refused({ exchange: "binance", symbol: "BTCUSDT" }, /"BTCUSDT"/);
  refused({ exchange: "binance", symbol: "../x/USDT" }, /symbol/);
  refused({ exchange: "binance", symbol: "BTC/USDT", tick: "0" }, /above zero/);
  refused({ exchange: "binance", symbol: "BTC/USDT", feeDecimals: 25 }, /feeDecimals/);
  assert.deepEqual([btc.id, btc.base, btc.quote, btc.feeAsset], ["binance:BTC/USDT", "BTC", "USDT", "received"]);
});
