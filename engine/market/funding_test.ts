import assert from "node:assert/strict";
import fc from "fast-check";
import type { TimestampMs } from "../time/mod.ts";
import { fundingAround, fundingColumns, instrument, missingSettlements, settlementIntervals } from "./mod.ts";

const HOUR = 3_600_000, START = Date.UTC(2024, 0, 1);
const perpetual = instrument({ exchange: "binance", symbol: "BTC/USDT", kind: "linear" });
const at = (hours: number) => (START + hours * HOUR) as TimestampMs;
const schedule = (hours: readonly number[]) =>
  fundingColumns(perpetual, hours.map((hour) => ({ timeMs: at(hour), rate: 0.0001 })));
const missing = (hours: readonly number[], from: number, to: number) =>
  Array.from(missingSettlements(schedule(hours), at(from), at(to)), (time) => (time - START) / HOUR);

Deno.test("the times show the interval: a changed one, a hole, and one that a venue settles late (6 cases)", () => {
  const cases: [number[], number[]][] = [
    [[0, 8, 16, 24], [8, 8, 8, 8]],
    [[0, 8, 16, 20, 24, 28], [8, 8, 4, 4, 4, 4]],
    [[0, 4, 8, 16, 24, 32], [4, 4, 8, 8, 8, 8]],
    [[0, 8, 24, 32, 40], [8, 8, 8, 8, 8]],
    [[0, 16, 24, 32], [8, 8, 8, 8]],
    [[0], [8]],
  ];
  for (const [hours, expected] of cases) {
    const times = Float64Array.from(hours, (hour, i) => at(hour) + i % 3);
    assert.deepEqual(Array.from(settlementIntervals(times), (interval) => interval / HOUR), expected, `${hours}`);
  }
});

Deno.test("a settlement that is due and has no row is missing, in holes and at both ends, not where the interval changed", () => {
  assert.deepEqual(missing([0, 8, 16, 24], 0, 32), []);
  assert.deepEqual(missing([0, 8, 24, 32, 40], 0, 41), [16]);
  assert.deepEqual(missing([0, 8, 16, 20, 24, 28], 0, 32), []);
  assert.deepEqual(missing([16, 24], 0, 49), [0, 8, 32, 40, 48]);
  assert.deepEqual(missing([0, 8, 24, 32, 40], 17, 41), []);
});

Deno.test("every settlement that is taken away from inside a steady schedule is found, in 10,000 cases", () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 60 }), fc.nat(), fc.constantFrom(1, 4, 8), (count, pick, interval) => {
      const hours = Array.from({ length: count }, (_, i) => i * interval);
      const gone = 2 + pick % (count - 5);
      assert.deepEqual(missing(hours.filter((_, i) => i !== gone), 0, count * interval), [gone * interval]);
    }),
    { numRuns: 10_000 },
  );
});

Deno.test("rows are checked, and a part of them keeps its neighbours", () => {
  const row = (hour: number, rate: number) => ({ timeMs: at(hour), rate });
  assert.throws(() => fundingColumns(perpetual, []), /there is no funding of binance:BTC\/USDT/);
  assert.throws(() => fundingColumns(perpetual, [row(8, 0), row(8, 0)]), /does not come after/);
  assert.throws(() => fundingColumns(perpetual, [row(8, NaN)]), /rate of 2024-01-01T08:00.* is NaN/);
  const part = (from: number, to: number) => {
    const { timeMs, length } = fundingAround(schedule([0, 8, 16, 24, 32, 40]), at(from), at(to));
    assert.equal(timeMs.length, length);
    return Array.from(timeMs, (time) => (time - START) / HOUR);
  };
  assert.deepEqual(part(16, 24), [8, 16, 24]);
  assert.deepEqual(part(17, 18), [16, 24]);
  assert.deepEqual(part(50, 60), [40]);
  assert.deepEqual(part(-9, -1), [0]);
});
