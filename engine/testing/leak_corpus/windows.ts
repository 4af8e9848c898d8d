// Test support only: windows that reach to both sides, and windows that end where they should.
import { definePipeline } from "../../research/mod.ts";
import { ewm, largest, mean, range, rolling, shift } from "./frame_functions.ts";
import type { LeakCase } from "./leak_case.ts";

/** Means of all rows so far, overwritten for earlier rows again and again. */
function repaintedMean(values: Float64Array, length: number): Float64Array {
  const made = new Float64Array(values.length).fill(NaN);
  for (let i = 0; i < values.length; i++) {
    for (let row = Math.max(length - 1, i - 3); row <= i; row++) {
      made[row] = mean(values.subarray(row - length + 1, i + 1));
    }
  }
  return made;
}

/** Weights of a Savitzky–Golay filter of five points and a parabola, in the middle. */
const CENTRED = [-3, 12, 17, 12, -3].map((weight) => weight / 35);

export const WINDOWS: readonly LeakCase[] = [
  {
    says: "a centred moving average",
    culprit: ["feature", "centred"],
    lookAhead: 4,
    subject: definePipeline({
      id: "centred-window",
      features: {
        centred: ({ close }) => rolling(close, 9, mean, 4),
        trailing: ({ close }) => rolling(close, 9, mean),
      },
    }),
  },
  {
    says: "moving averages of two lengths, NaN while they warm up",
    report: "freqtrade/freqtrade#11642, reported as biased",
    culprit: null,
    subject: definePipeline({
      id: "trailing-windows",
      features: {
        fast: ({ close }) => rolling(close, 10, mean),
        slow: ({ close }) => rolling(close, 50, mean),
        ema: ({ close }) => ewm(close, 2 / 51),
      },
      decide: (_, { features }) => features.fast!.map((fast, i) => fast > features.slow![i]! ? 1 : 0),
    }),
  },
  {
    says: "the highest high of the following day as a filter of entries",
    culprit: ["decision", "room-above"],
    lookAhead: 24,
    subject: definePipeline({
      id: "room-above",
      decide: ({ high, close }) =>
        shift(rolling(high, 24, largest), -24).map((top, i) => top > close[i]! * 1.01 ? 1 : 0),
    }),
  },
  {
    says: "the highest high of the past day as a filter of entries",
    culprit: null,
    subject: definePipeline({
      id: "room-below",
      decide: ({ high, close }) => shift(rolling(high, 24, largest), 1).map((top, i) => close[i]! > top ? 1 : 0),
    }),
  },
  {
    says: "the running maximum of a reversed column, turned back again",
    culprit: ["feature", "maximum"],
    subject: definePipeline({
      id: "maximum-from-behind",
      features: {
        maximum: ({ close }) => {
          let most = 0;
          return Float64Array.from(close).reverse().map((price) => most = price > most ? price : most).reverse();
        },
      },
    }),
  },
  {
    says: "the running maximum",
    culprit: null,
    subject: definePipeline({
      id: "maximum-so-far",
      features: {
        maximum: ({ close }) => {
          let most = 0;
          return close.map((price) => most = price > most ? price : most);
        },
      },
    }),
  },
  {
    says: "a moving average that is computed anew for the rows before at each row",
    report: "freqtrade/freqtrade#11812",
    culprit: ["feature", "average"],
    lookAhead: 3,
    subject: definePipeline({
      id: "repainted-average",
      features: { average: ({ close }) => repaintedMean(close, 5) },
    }),
  },
  {
    says: "a moving average by running sums, with their rounding",
    culprit: null,
    subject: definePipeline({
      id: "running-sums",
      features: {
        average: ({ close }) => {
          let sum = 0;
          return close.map((price, i) => {
            sum += price - (close[i - 20] ?? 0);
            return i < 19 ? NaN : sum / 20;
          });
        },
        spread: ({ close }) => {
          // About a mean of all, for the rounding alone: what it adds is taken away again.
          const centre = mean(close), moved = close.map((price) => price - centre);
          return rolling(
            moved,
            20,
            (window) => mean(window.map((value) => value * value)) - mean(window) * mean(window),
          );
        },
      },
    }),
  },
  {
    says: "an exponential average run forward and then backward (filtfilt)",
    culprit: ["feature", "smooth"],
    subject: definePipeline({
      id: "zero-phase-filter",
      features: { smooth: ({ close }) => ewm(ewm(close, 0.2).reverse(), 0.2).reverse() },
    }),
  },
  {
    says: "an exponential average run forward twice",
    culprit: null,
    subject: definePipeline({
      id: "filter-of-a-filter",
      features: { smooth: ({ close }) => ewm(ewm(close, 0.2), 0.2) },
    }),
  },
  {
    says: "a Savitzky–Golay filter, centred",
    culprit: ["feature", "smooth"],
    lookAhead: 2,
    subject: definePipeline({
      id: "centred-polynomial",
      features: {
        smooth: ({ close }) =>
          close.map((_, i) => CENTRED.reduce((sum, weight, k) => sum + weight * (close[i + k - 2] ?? NaN), 0)),
      },
    }),
  },
  {
    says: "the same filter, used two candles after its middle",
    culprit: null,
    subject: definePipeline({
      id: "delayed-polynomial",
      features: {
        smooth: ({ close }) =>
          close.map((_, i) => CENTRED.reduce((sum, weight, k) => sum + weight * (close[i + k - 4] ?? NaN), 0)),
      },
    }),
  },
  {
    says: "a kernel regression over all candles around a row (Nadaraya–Watson)",
    culprit: ["feature", "envelope"],
    subject: definePipeline({
      id: "kernel-regression",
      features: {
        envelope: ({ close }) =>
          close.map((_, i) => {
            let sum = 0, weights = 0;
            for (const k of range(Math.max(0, i - 40), Math.min(close.length, i + 41))) {
              const weight = 1 / (1 + (k - i) * (k - i) / 25);
              sum += weight * close[k]!;
              weights += weight;
            }
            return sum / weights;
          }),
      },
    }),
  },
  {
    says: "the same regression over the candles up to a row",
    culprit: null,
    subject: definePipeline({
      id: "kernel-regression-of-the-past",
      features: {
        envelope: ({ close }) =>
          close.map((_, i) => {
            let sum = 0, weights = 0;
            for (const k of range(Math.max(0, i - 40), i + 1)) {
              const weight = 1 / (1 + (k - i) * (k - i) / 25);
              sum += weight * close[k]!;
              weights += weight;
            }
            return sum / weights;
          }),
      },
    }),
  },
];
