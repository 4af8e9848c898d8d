import assert from "node:assert/strict";
import { candleColumns, instrument } from "../../market/mod.ts";
import type { Trade } from "../../portfolio/mod.ts";
import { timeframe, type TimestampMs } from "../../time/mod.ts";
import { crisisWindows } from "./crisis_windows.ts";
import { heldCagr, heldCurve, heldFigures } from "./held_market.ts";
import { profitSources } from "./profit_sources.ts";
import { tradeStakes } from "./trade_stakes.ts";

const DAY_MS = 86_400_000;
const curveOf = (closeTimeMs: readonly number[], equity: readonly number[]) => ({
  closeTimeMs: Float64Array.from(closeTimeMs),
  equity: Float64Array.from(equity),
  grossExposure: Float64Array.from(equity, (_, i) => i % 2),
  netExposure: new Float64Array(equity.length),
});

Deno.test("a window is seen from the close before it to its last one, beside holding", () => {
  const closes = Array.from({ length: 40 }, (_, i) => Date.UTC(2020, 1, 25) + i * DAY_MS);
  const march = closes.findIndex((time) => time > Date.UTC(2020, 2, 1)), april = closes.indexOf(Date.UTC(2020, 3, 1));
  const equity = closes.map((_, i) => i < march ? 100 : i === march ? 120 : i === march + 1 ? 60 : 90);
  const held = closes.map((_, i) => i <= march ? 50 : 25);
  const { windows: [own], missing } = crisisWindows(curveOf(closes, equity), curveOf(closes, held));
  assert.ok(april > 0 && closes.at(-1)! > Date.UTC(2020, 3, 1));
  assert.equal(own!.name, "March 2020, the pandemic");
  assert.deepEqual(own!.run, { returnFraction: -0.09999999999999998, maxDrawdownFraction: -0.5 });
  assert.deepEqual(own!.held, { returnFraction: -0.5, maxDrawdownFraction: -0.5 });
  assert.ok(Math.abs(own!.exposureFraction - 0.5) < 0.02);
  assert.deepEqual(missing.map(({ name }) => name.slice(0, 13)), ["May 2021, Chi", "November 2022", "August 2024, "]);
});

Deno.test("a window of which the run has only a part is missing", () => {
  const closes = Array.from({ length: 10 }, (_, i) => Date.UTC(2021, 4, 20) + i * DAY_MS), flat = closes.map(() => 1);
  assert.deepEqual(crisisWindows(curveOf(closes, flat), curveOf(closes, flat)).windows, []);
});

Deno.test("holding buys at the open after the first close, in equal parts, and pays for it once", () => {
  const market = (symbol: string, opens: readonly number[]) =>
    candleColumns(
      instrument({ exchange: "test", symbol }),
      timeframe("1d"),
      opens.map((open, i) => ({
        openTimeMs: i * DAY_MS as TimestampMs,
        open,
        high: open + 10,
        low: open,
        close: open + 10,
        volume: 1,
      })),
    );
  const curve = heldCurve([market("BTC/USDT", [50, 100, 190]), market("ETH/USDT", [50, 10, 10])], 0, 1_000, 0.01);
  // 495 ÷ 100 of the first, 495 ÷ 10 of the second.
  assert.deepEqual([...curve.equity], [1_000, 4.95 * 110 + 49.5 * 20, 4.95 * 200 + 49.5 * 20]);
  assert.deepEqual([...curve.closeTimeMs], [DAY_MS, 2 * DAY_MS, 3 * DAY_MS]);
  const { totalReturnFraction, maxDrawdownFraction } = heldFigures(curve, 1_000);
  assert.ok(Math.abs(totalReturnFraction - 0.98) < 1e-12);
  assert.equal(maxDrawdownFraction, 0);
});

Deno.test("the years of a profit add up to it, and the two best are left out to see the others", () => {
  const years = [2017, 2018, 2019, 2020], growth = [4, 0.5, 1, 8];
  const closes = [Date.UTC(2017, 0, 2), ...years.map((year) => Date.UTC(year + 1, 0, 1))];
  const equity = growth.reduce<number[]>((all, factor) => [...all, all.at(-1)! * factor], [1_000]);
  const { years: found, bestYears, lastThird, carryingTrades } = profitSources(
    curveOf(closes, equity),
    curveOf(closes, equity.map(() => 1_000)),
    [],
    1_000,
  );
  assert.deepEqual(found.map(({ year, returnFraction }) => [year, returnFraction]), [
    [2017, 3],
    [2018, -0.5],
    [2019, 0],
    [2020, 7],
  ]);
  // ln 4, −ln 2, 0 and ln 8 of ln 16.
  found.map(({ growthShareFraction }) => growthShareFraction!).forEach((share, i) =>
    assert.ok(Math.abs(share - [0.5, -0.25, 0, 0.75][i]!) < 1e-12)
  );
  assert.deepEqual(bestYears!.years, [2017, 2020]);
  // Half of it is left over the other two years.
  assert.ok(Math.abs(bestYears!.otherCagrFraction - (Math.sqrt(0.5) - 1)) < 1e-3);
  assert.equal(lastThird.heldCagrFraction, 0);
  assert.equal(carryingTrades, null, "no trade carries what trades did not make");
});

Deno.test("a profit of few trades is theirs: how many of the best carry it", () => {
  const closes = [DAY_MS, 2 * DAY_MS, 3 * DAY_MS];
  const profits = [0.5, 0.5, 0.5, ...Array<number>(27).fill(-0.02)];
  const total = profits.reduce((growth, profit) => growth * (1 + profit), 1_000);
  const curve = curveOf(closes, [1_000, 1_000, total]);
  const stakes = profits.map((profitFraction) => ({ trade: {} as Trade, sizeFraction: 1, profitFraction }));
  const { withoutBestTrades, carryingTrades } = profitSources(curve, curve, stakes, 1_000);
  // 1.5³ × 0.98²⁷ = 1.96; without two of the three 0.87.
  assert.equal(carryingTrades, 2);
  assert.equal(withoutBestTrades!.left, 5);
  assert.ok(withoutBestTrades!.totalReturnFraction < 0);
});

Deno.test("a trade is told as a share of the equity at the last close before its entry", () => {
  const trade = (entryTimeMs: number) => ({ entryTimeMs, quantity: 2, entryPrice: 100, pnl: 30 }) as Trade;
  const stakes = tradeStakes(
    [trade(0), trade(DAY_MS), trade(5 * DAY_MS)],
    curveOf([DAY_MS, 2 * DAY_MS], [400, 600]),
    200,
  );
  assert.deepEqual(stakes.map(({ sizeFraction, profitFraction }) => [sizeFraction, profitFraction]), [
    [1, 0.15],
    [0.5, 0.075],
    [200 / 600, 0.05],
  ]);
});

Deno.test("holding between two moments is told a year, where the curve reaches over them", () => {
  const curve = curveOf([0, 365, 730].map((days) => days * DAY_MS), [100, 200, 800]);
  const near = (value: number | null, expected: number) => assert.ok(Math.abs(value! - expected) < 1e-12, `${value}`);
  near(heldCagr(curve, 0, 365 * DAY_MS), 1);
  near(heldCagr(curve, 0, 730 * DAY_MS), Math.sqrt(8) - 1);
  assert.equal(heldCagr(curve, -1, 365 * DAY_MS), null);
  assert.equal(heldCagr(curve, 0, 731 * DAY_MS), null);
});
