// Test support only: cases like those of the reference tool's table, drawn at random.
import fc from "fast-check";
import type { CaseCandle, CaseConfig, FreqtradeCase } from "./freqtrade_case.ts";

/** Prices that matter: round ones, and the places of stops, targets and activations around 5,000. */
const LEVELS = [
  4200,
  4350,
  4500,
  4600,
  4650,
  4700,
  4750,
  4800,
  4850,
  4900,
  4925,
  4940,
  4950,
  4951,
  4962,
  4975,
  4987,
  5000,
  5010,
  5025,
  5050,
  5075,
  5100,
  5150,
  5199,
  5200,
  5225,
  5250,
  5251,
  5300,
  5400,
  5500,
  5750,
];

const price = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...LEVELS) },
  { weight: 1, arbitrary: fc.integer({ min: 4200, max: 5800 }) },
  { weight: 1, arbitrary: fc.integer({ min: 49_000, max: 51_000 }).map((tenth) => tenth / 10) },
);
const share = (...values: number[]) => fc.constantFrom(...values);
const rarely = (one: number) =>
  fc.oneof({ weight: one, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) });

const candle: fc.Arbitrary<CaseCandle> = fc.record({
  prices: fc.tuple(price, price, price, price),
  flags: fc.tuple(rarely(3), rarely(6), rarely(3), rarely(6)),
}).map(({ prices: [a, b, c, d], flags: [enter_long, exit_long, enter_short, exit_short] }) => ({
  open: a,
  high: Math.max(a, b, c, d),
  low: Math.min(a, b, c, d),
  close: b,
  enter_long,
  exit_long,
  enter_short,
  exit_short,
}));

const config: fc.Arbitrary<CaseConfig> = fc.record({
  stoploss: share(-0.01, -0.02, -0.03, -0.05, -0.1, -0.2),
  minimal_roi: fc.oneof(
    fc.dictionary(
      fc.constantFrom("0", "30", "60", "61", "65", "119", "120", "121", "180", "240"),
      share(-1, -0.05, 0, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.1, 1),
      { maxKeys: 4 },
    ),
    share(0.01, 0.03, 0.1, 1).map((value) => ({ "0": value })),
  ),
  trailing_stop: fc.boolean(),
  trailing_only_offset_is_reached: fc.boolean(),
  trailing_stop_positive: fc.oneof(fc.constant(null), share(0.01, 0.02, 0.03, 0.05)),
  trailing_stop_positive_offset: share(0, 0.01, 0.02, 0.03, 0.05, 0.1),
  use_exit_signal: fc.boolean(),
  use_custom_stoploss: rarely(3).map(Boolean),
  custom_entry_price: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: price }),
  custom_exit_price: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: price }),
  adjust_entry_price: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: price }),
  leverage: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: share(2, 3, 5) }),
  unfilledtimeout_minutes: fc.constantFrom(null, 30, 60, 90, 120, 1_000),
});

/** Cases of 5 to 8 candles. */
export const randomCases: fc.Arbitrary<FreqtradeCase> = fc.record({
  id: fc.constant("random"),
  candles: fc.array(candle, { minLength: 5, maxLength: 8 }),
  config,
});
