import assert from "node:assert/strict";
import fc from "fast-check";
import type { InstrumentId } from "../market/mod.ts";
import type { EquityCurve, OpenTrade } from "../portfolio/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import type { TimestampMs } from "../time/mod.ts";
import { dailyReturns, METRICS, monthlyTable, returnMetrics, runMetrics } from "./mod.ts";

const HOUR_MS = 3_600_000, DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2024, 0, 30);

function curve(closeTimeMs: number[], equity: number[], grossExposure = equity.map(() => 0)): EquityCurve {
  return {
    closeTimeMs: Float64Array.from(closeTimeMs),
    equity: Float64Array.from(equity),
    grossExposure: Float64Array.from(grossExposure),
    netExposure: Float64Array.from(grossExposure),
  };
}

Deno.test("daily returns take the last close at or before midnight, whatever the candles", () => {
  // Starting with 100: 110 at 12:00, 120 at 24:00 of the first day; 90 at 18:00 of the second, and nothing after it.
  const equity = curve([START_MS + 12 * HOUR_MS, START_MS + DAY_MS, START_MS + DAY_MS + 18 * HOUR_MS], [110, 120, 90]);
  const { dayMs, returns } = dailyReturns(equity, 100);
  assert.deepEqual([...dayMs], [START_MS, START_MS + DAY_MS]);
  assert.deepEqual([...returns], [120 / 100 - 1, 90 / 120 - 1]);
});

Deno.test("a day without a close returns nothing, and days end where the equity is gone", () => {
  const { returns } = dailyReturns(curve([1, 4, 5, 6].map((day) => day * DAY_MS), [110, 121, 0, 50]), 100);
  assert.deepEqual([...returns].map((value) => Number(value.toFixed(12))), [0.1, 0, 0, 0.1, -1]);
});

Deno.test("a run on daily candles has the figures of its return series", () => {
  const daily = [0.02, -0.01, 0.03, -0.04, 0.01, 0.02];
  let value = 1000;
  const equity = daily.map((change) => value *= 1 + change);
  const run = runMetrics({
    trades: [],
    equity: curve(daily.map((_, i) => START_MS + (i + 1) * DAY_MS), equity),
    startingCash: 1000,
  });
  for (const [name, expected] of Object.entries(returnMetrics(daily, {}, daily.length))) {
    const actual = run[name as keyof typeof run];
    if (expected === null || Math.abs(expected) < 1e-12) assert.ok(actual === null || Math.abs(actual) < 1e-12, name);
    else assertClose(actual, expected, name);
  }
  assert.equal(run.dailyMaxDrawdownFraction, run.maxDrawdownFraction);
});

Deno.test("drawdown and exposure look at every close, ratios at midnight only", () => {
  // Two days of two candles: 1000 → 800 → 1100 → 990 → 1210; invested at the second and third close.
  const times = [12, 24, 36, 48].map((hours) => START_MS + hours * HOUR_MS);
  const run = runMetrics({
    trades: [],
    equity: curve(times, [800, 1100, 990, 1210], [0, 550, 990, 0]),
    startingCash: 1000,
  });
  assertClose(run.maxDrawdownFraction, -0.2, "from the start to 800");
  assert.equal(run.dailyMaxDrawdownFraction, 0);
  assertClose(run.averageDrawdownFraction, -0.15, "20 % and 10 %");
  assert.equal(run.drawdownCount, 2);
  assert.equal(run.longestUnderwaterDays, 1, "from the opening of the first candle to the second close");
  assertClose(run.totalReturnFraction, 0.21, "total");
  assertClose(run.cagrFraction, 1.21 ** (365 / 2) - 1, "two days of 10 %");
  assertClose(run.calmar, run.cagrFraction! / 0.2, "Calmar");
  assert.equal(run.volatilityFraction, 0);
  assert.equal(run.exposureTimeFraction, 0.5);
  assertClose(run.averageExposureFraction, (0.5 + 1) / 4, "average exposure");
  assert.equal(run.maxExposureFraction, 1);
  assert.equal(run.peakEquityQuote, 1210);
});

Deno.test("a run of less than two days has no annual figure, and one without candles almost none", () => {
  const short = runMetrics({ trades: [], equity: curve([START_MS + HOUR_MS], [1010]), startingCash: 1000 });
  assertClose(short.totalReturnFraction, 0.01, "total");
  assert.deepEqual([short.cagrFraction, short.sharpe, short.volatilityFraction, short.calmar], Array(4).fill(null));
  const none = runMetrics({ trades: [], equity: curve([], []), startingCash: 1000 });
  assert.deepEqual([none.totalReturnFraction, none.maxDrawdownFraction, none.exposureTimeFraction], [null, null, null]);
  assert.equal(none.finalEquityQuote, 1000);
});

const anyCurve = fc.array(
  fc.record({ hours: fc.integer({ min: 1, max: 60 }), equity: fc.double({ min: 0.5, max: 2, noNaN: true }) }),
  {
    minLength: 1,
    maxLength: 80,
  },
).map((steps) => {
  let time = START_MS;
  return curve(steps.map(({ hours }) => time += hours * HOUR_MS), steps.map(({ equity }) => equity));
});

Deno.test("days compound to months, months to years, and years to the total return", () => {
  fc.assert(fc.property(anyCurve, (equity) => {
    const { dayMs, returns } = dailyReturns(equity, 1);
    const years = monthlyTable(dayMs, returns);
    const compound = (fractions: readonly (number | null)[]) =>
      fractions.reduce<number>((product, value) => product * (1 + (value ?? 0)), 1);
    for (const { monthFractions, yearFraction } of years) {
      assertClose(compound(monthFractions), 1 + yearFraction, "the months of a year");
    }
    const total = runMetrics({ trades: [], equity, startingCash: 1 }).totalReturnFraction!;
    assertClose(compound(years.map(({ yearFraction }) => yearFraction)), 1 + total, "all years");
  }));
});

Deno.test("the monthly table has a place for each month between the first and the last, and counts a day by its own month", () => {
  const days = [Date.UTC(2023, 10, 30), Date.UTC(2023, 10, 30) + DAY_MS, Date.UTC(2024, 1, 29)];
  const [first, second, ...none] = monthlyTable(days, [0.1, 0.2, -0.5]);
  assert.deepEqual(none, []);
  assert.deepEqual([first!.year, second!.year], [2023, 2024]);
  assertClose(first!.monthFractions[10]!, 0.1, "November");
  assertClose(first!.monthFractions[11]!, 0.2, "December");
  assert.deepEqual(second!.monthFractions, [null, -0.5, ...Array(10).fill(null)]);
  assertClose(first!.yearFraction, 0.32, "1.1 × 1.2");
});

Deno.test("every figure of a run is a finite number or null, has its text, and does not depend on the currency's scale", () => {
  fc.assert(fc.property(anyCurve, fc.array(fc.boolean(), { minLength: 80, maxLength: 80 }), (equity, invested) => {
    const exposed = { ...equity, grossExposure: equity.equity.map((value, i) => invested[i] ? value : 0) };
    const figures = runMetrics({ trades: [], equity: exposed, startingCash: 1 });
    for (const [name, value] of Object.entries(figures)) {
      assert.ok(value === null || Number.isFinite(value), `${name} is ${value}`);
      assert.ok(name in METRICS, `${name} has no text`);
    }
    const larger = runMetrics({
      trades: [],
      equity: {
        ...exposed,
        equity: exposed.equity.map((value) => value * 4096),
        grossExposure: exposed.grossExposure.map((value) => value * 4096),
        netExposure: exposed.netExposure.map((value) => value * 4096),
      },
      startingCash: 4096,
    });
    for (const [name, value] of Object.entries(figures)) {
      const scaled = name.endsWith("EquityQuote") ? value! * 4096 : value;
      assert.equal(larger[name as keyof typeof larger], scaled, name);
    }
  }));
});

Deno.test("60 long beside 20 short of 100, and 30 short of 100: gross 55 %, net 5 %, long 30 %, short 25 %", () => {
  const closes = curve([START_MS + DAY_MS, START_MS + 2 * DAY_MS], [100, 100], [80, 30]);
  const run = runMetrics({
    trades: [],
    equity: { ...closes, netExposure: Float64Array.of(40, -30) },
    startingCash: 100,
  });
  assertClose(run.averageExposureFraction, 0.55, "gross");
  assertClose(run.averageNetExposureFraction, 0.05, "net");
  assertClose(run.averageLongExposureFraction, 0.3, "long");
  assertClose(run.averageShortExposureFraction, 0.25, "short");
  assertClose(run.maxExposureFraction, 0.8, "highest gross");
});

Deno.test("what is still open counts in fees and turnover, and in no figure of closed trades", () => {
  const open: OpenTrade = {
    instrument: "test:BTC/USDT" as InstrumentId,
    strategy: "hold",
    side: "long",
    entryTimeMs: START_MS as TimestampMs,
    quantity: 5,
    entryPrice: 200,
    markPrice: 220,
    fees: 1,
    pnl: 99,
    entryReason: "enter",
  };
  const run = runMetrics({
    trades: [],
    openTrades: [open],
    equity: curve([START_MS + DAY_MS, START_MS + 2 * DAY_MS], [999, 1001]),
    startingCash: 1000,
  });
  assert.deepEqual([run.feesQuote, run.feesOfStartFraction, run.turnoverRatio, run.tradeCount], [1, 0.001, 1, 0]);
});
