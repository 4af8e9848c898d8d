import type { EquityCurve } from "../portfolio/mod.ts";
import { SeededRandom } from "../time/mod.ts";
import { dailyReturns, drawdownColumn, drawdownsOf, histogram, returnMetrics, rowsToKeep, runMetrics } from "./mod.ts";

/** A year of one-minute closes, half of them with a position. */
const MINUTES = 525_600;

const random = new SeededRandom(1);
let value = 10_000;
const curve: EquityCurve = {
  closeTimeMs: Float64Array.from({ length: MINUTES }, (_, i) => Date.UTC(2024, 0, 1) + (i + 1) * 60_000),
  equity: Float64Array.from({ length: MINUTES }, () => value *= 1 + (random.next() - 0.5) * 1e-3),
  grossExposure: Float64Array.from({ length: MINUTES }, (_, i) => i % 2 === 0 ? 0 : 5_000),
  netExposure: Float64Array.from({ length: MINUTES }, (_, i) => i % 4 === 1 ? -5_000 : i % 2 === 0 ? 0 : 5_000),
};
const changes = Float64Array.from({ length: MINUTES }, () => (random.next() - 0.5) * 1e-3);

Deno.bench("all figures of a run of 525,600 closes", () => {
  runMetrics({ trades: [], equity: curve, startingCash: 10_000 });
});

Deno.bench("daily returns of 525,600 closes", () => {
  dailyReturns(curve, 10_000);
});

Deno.bench("drawdowns of 525,600 closes", () => {
  drawdownsOf(drawdownColumn(curve.equity, 10_000));
});

Deno.bench("525,600 closes thinned to 2,000 points", () => {
  rowsToKeep([curve.equity], 2000);
});

Deno.bench("all figures of 525,600 returns", () => {
  returnMetrics(changes, { periodsPerYear: MINUTES });
});

Deno.bench("histogram of 525,600 returns", () => {
  histogram(changes);
});
