import assert from "node:assert/strict";
import fc from "fast-check";
import {
  barClose,
  barOpen,
  fixedLengthMs,
  formatTimestamp,
  isCoarserOrEqual,
  nominalLengthMs,
  parseTimestamp,
  SeededRandom,
  shiftBars,
  SimulatedClock,
  systemTimer,
  timeframe,
  type TimestampMs,
  timestampMs,
} from "./mod.ts";

const ALL = ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M", "3M", "12M"]
  .map(timeframe);
const anyTime = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }).map(timestampMs);
const RUNS = { numRuns: 10_000 };

Deno.test("every moment lies in exactly one candle, which ends where the next begins, over 10,000 moments and all timeframes", () => {
  fc.assert(
    fc.property(fc.constantFrom(...ALL), anyTime, (tf, time) => {
      const open = barOpen(tf, time), close = barClose(tf, time);
      assert.ok(open <= time && time < close);
      assert.equal(barOpen(tf, open), open);
      assert.equal(barOpen(tf, close), close);
      assert.equal(barOpen(tf, (close - 1) as TimestampMs), open);
      assert.equal(shiftBars(tf, time, 1), close);
      assert.equal(barClose(tf, shiftBars(tf, time, -1)), open);
      if (fixedLengthMs(tf) > 0) assert.equal(close - open, fixedLengthMs(tf));
    }),
    RUNS,
  );
});

Deno.test("weeks begin on Mondays and months on the first, in UTC, leap years and all, over 10,000 moments", () => {
  fc.assert(
    fc.property(anyTime, (time) => {
      const date = new Date(time);
      const week = new Date(barOpen(timeframe("1w"), time)), month = barOpen(timeframe("1M"), time);
      assert.equal(week.getUTCDay(), 1);
      assert.ok(week.getTime() % 86_400_000 === 0);
      assert.ok(time - week.getTime() < 7 * 86_400_000);
      assert.equal(month, Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1));
      assert.equal(barClose(timeframe("1M"), time), Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1));
      assert.equal(
        barOpen(timeframe("3M"), time),
        Date.UTC(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / 3) * 3, 1),
      );
    }),
    RUNS,
  );
  assert.equal(formatTimestamp(barClose(timeframe("1M"), parseTimestamp("2024-02-10"))), "2024-03-01T00:00:00Z");
  assert.equal(formatTimestamp(barOpen(timeframe("1w"), parseTimestamp("2024-01-01"))), "2024-01-01T00:00:00Z");
});

Deno.test("moving by candles there and back ends at the same candle, over 10,000 moves", () => {
  fc.assert(
    fc.property(fc.constantFrom(...ALL), anyTime, fc.integer({ min: -500, max: 500 }), (tf, time, count) => {
      assert.equal(shiftBars(tf, shiftBars(tf, time, count), -count), barOpen(tf, time));
    }),
    RUNS,
  );
});

Deno.test("a timeframe is coarser when each of its candles is made of whole finer ones, over 10,000 moments", () => {
  fc.assert(
    fc.property(fc.constantFrom(...ALL), fc.constantFrom(...ALL), anyTime, (coarse, fine, time) => {
      if (!isCoarserOrEqual(coarse, fine)) return;
      assert.equal(barOpen(fine, barOpen(coarse, time)), barOpen(coarse, time));
      assert.ok(nominalLengthMs(coarse) >= nominalLengthMs(fine));
    }),
    RUNS,
  );
  const nests = (coarse: string, fine: string) => isCoarserOrEqual(timeframe(coarse), timeframe(fine));
  assert.deepEqual([
    nests("1M", "1d"),
    nests("1M", "1w"),
    nests("1w", "1d"),
    nests("1w", "3d"),
    nests("4h", "3m"),
    nests("1d", "1w"),
  ], [true, false, true, false, true, false]);
});

Deno.test("texts that are no timeframe are refused with examples", () => {
  for (const text of ["", "1", "h", "7m", "0m", "1x", "1.5h", "5h", "5M", "60s", "1H"]) {
    assert.throws(
      () => timeframe(text),
      (error: Error) => error.message.includes(`"${text}"`) && error.message.includes("1h"),
    );
  }
});

Deno.test("a length that is written in another way is told how to write it (6 cases)", () => {
  const cases = [["60", "1h"], ["240", "4h"], ["1440", "1d"], ["15min", "15m"], ["2 hours", "2h"], [
    "1D",
    "1d",
  ]] as const;
  for (const [text, meant] of cases) {
    assert.throws(() => timeframe(text), new RegExp(`"${text}" is not a timeframe: write ${meant}, or one like 1m`));
  }
});

Deno.test("moments are read as written, always in UTC, and dates that do not exist are refused", () => {
  const read = (text: string) => formatTimestamp(parseTimestamp(text));
  assert.equal(read("2024"), "2024-01-01T00:00:00Z");
  assert.equal(read("2024-08"), "2024-08-01T00:00:00Z");
  assert.equal(read("2024-08-05T06:00"), "2024-08-05T06:00:00Z");
  assert.equal(read("2024-08-05 06:00:07.5Z"), "2024-08-05T06:00:07.500Z");
  for (
    const text of ["", "yesterday", "2024-02-30", "2023-02-29", "2024-13", "2024-08-05T25:00", "05/08/2024", "20240805"]
  ) {
    assert.throws(() => parseTimestamp(text), (error: Error) => error.message.includes(`"${text}"`));
  }
  fc.assert(fc.property(anyTime, (time) => assert.equal(parseTimestamp(formatTimestamp(time)), time)), RUNS);
});

Deno.test("numbers that are no milliseconds are refused: fractions, microseconds, NaN", () => {
  for (const value of [0.5, NaN, Infinity, 1.7e15 * 1000]) assert.throws(() => timestampMs(value));
});

Deno.test("a seeded generator repeats itself, is uniform enough, and differs between seeds", () => {
  const draw = (seed: number, count: number) => {
    const random = new SeededRandom(seed);
    return Array.from({ length: count }, () => random.next());
  };
  assert.deepEqual(draw(7, 100), draw(7, 100));
  assert.notDeepEqual(draw(7, 10), draw(8, 10));
  const values = draw(1, 100_000);
  assert.ok(values.every((value) => value >= 0 && value < 1));
  const buckets = new Array(20).fill(0);
  for (const value of values) buckets[Math.floor(value * 20)]++;
  const chiSquare = buckets.reduce((sum, count) => sum + (count - 5_000) ** 2 / 5_000, 0);
  assert.ok(chiSquare < 43.8, `χ² of ${chiSquare} with 19 degrees of freedom`); // p = 0.001
});

Deno.test("a simulated clock only goes forward", () => {
  const clock = new SimulatedClock(timestampMs(5));
  clock.advanceTo(timestampMs(3));
  assert.equal(clock.now(), 5);
  clock.advanceTo(timestampMs(9));
  assert.equal(clock.now(), 9);
});

Deno.test("the system's timer waits, and ends at once with its reason when it is stopped, however long it would have been", async () => {
  const startMs = performance.now();
  await systemTimer.wait(20);
  assert.ok(performance.now() - startMs >= 19);
  for (const ms of [1_000, 2 ** 31 + 5, Infinity]) {
    const stop = new AbortController(), waiting = systemTimer.wait(ms, stop.signal);
    const first = await Promise.race([waiting.catch(() => "ended"), systemTimer.wait(20).then(() => "waits")]);
    assert.equal(first, "waits", `${ms}`); // the system's own timers end at once beyond 2³¹ ms
    stop.abort(new Error("stopped"));
    await assert.rejects(waiting, /stopped/);
    await assert.rejects(systemTimer.wait(ms, stop.signal), /stopped/);
  }
});
