// Test support only: all cases of the corpus by the shape that they have.
import { FILLING, TIMEFRAMES } from "./filling.ts";
import type { LeakCase } from "./leak_case.ts";
import { FITTING, LABELS } from "./learning.ts";
import { FEEDS, PRICES, UNIVERSES } from "./markets.ts";
import { PIVOTS } from "./pivots.ts";
import { SCALING } from "./scaling.ts";
import { SHIFTS } from "./shifts.ts";
import { CAPTURED, COUNTED, KERNELS, RULES } from "./strategies.ts";
import { WINDOWS } from "./windows.ts";

/** Cases by their shape. */
export const LEAK_CORPUS: Readonly<Record<string, readonly LeakCase[]>> = {
  shifts: SHIFTS,
  windows: WINDOWS,
  scaling: SCALING,
  filling: FILLING,
  timeframes: TIMEFRAMES,
  pivots: PIVOTS,
  labels: LABELS,
  fitting: FITTING,
  universes: UNIVERSES,
  feeds: FEEDS,
  prices: PRICES,
  captured: [...CAPTURED, ...COUNTED],
  rules: [...RULES, ...KERNELS],
};
