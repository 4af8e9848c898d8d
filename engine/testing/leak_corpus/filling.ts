// Test support only: what is put where nothing is known, and coarser candles put beside finer ones.
import { definePipeline } from "../../research/mod.ts";
import type { CandleColumns } from "../../market/mod.ts";
import { backwardFill, changes, ewm, forwardFill, mean, rolling } from "./frame_functions.ts";
import { HOUR_MS, type LeakCase } from "./leak_case.ts";

/** Closes of candles with trade; unknown without. */
const traded = ({ close, volume }: CandleColumns) => close.map((price, i) => volume[i]! > 0 ? price : NaN);

/** Of each bucket of hours, the row of its last candle. */
function lastRows({ openTimeMs }: CandleColumns, hours: number): Map<number, number> {
  return new Map(Array.from(openTimeMs, (time, row) => [Math.floor(time / (hours * HOUR_MS)), row]));
}

const bucketOf = (time: number, hours: number) => Math.floor(time / (hours * HOUR_MS));

/** Closes of the buckets that have ended by the close of each row. */
function endedBuckets(candles: CandleColumns, hours: number): Float64Array {
  const last = lastRows(candles, hours);
  let known = NaN;
  return candles.openTimeMs.map((time) => {
    const bucket = bucketOf(time, hours), isOver = bucketOf(time + HOUR_MS, hours) > bucket;
    const before = last.get(bucket - 1);
    if (before !== undefined) known = candles.close[before]!;
    return isOver ? known = candles.close[last.get(bucket)!]! : known;
  });
}

export const FILLING: readonly LeakCase[] = [
  {
    says: "closes of candles without trade filled backward, from the next one that has",
    culprit: ["feature", "price"],
    subject: definePipeline({ id: "backward-fill", features: { price: (candles) => backwardFill(traded(candles)) } }),
  },
  {
    says: "closes of candles without trade filled forward",
    culprit: null,
    subject: definePipeline({ id: "forward-fill", features: { price: (candles) => forwardFill(traded(candles)) } }),
  },
  {
    says: "closes of candles without trade interpolated between their neighbours",
    culprit: ["feature", "price"],
    subject: definePipeline({
      id: "interpolation",
      features: {
        price: (candles) => {
          const known = traded(candles), before = forwardFill(known), after = backwardFill(known);
          return known.map((price, i) => Number.isNaN(price) ? (before[i]! + after[i]!) / 2 : price);
        },
      },
    }),
  },
  {
    says: "extrapolation from the two known closes before",
    culprit: null,
    subject: definePipeline({
      id: "extrapolation",
      features: {
        price: (candles) => {
          let last = NaN, step = 0;
          return traded(candles).map((price) => {
            if (!Number.isNaN(price)) {
              step = Number.isNaN(last) ? 0 : price - last;
              last = price;
            }
            return Number.isNaN(price) ? last + step : price;
          });
        },
      },
    }),
  },
  {
    says: "an average whose warm-up is filled with its first known value",
    culprit: ["feature", "average"],
    subject: definePipeline({
      id: "filled-warm-up",
      features: { average: ({ close }) => backwardFill(rolling(close, 30, mean)) },
    }),
  },
  {
    says: "an average whose warm-up is filled with the close",
    culprit: null,
    subject: definePipeline({
      id: "started-warm-up",
      features: {
        average: ({ close }) => rolling(close, 30, mean).map((value, i) => Number.isNaN(value) ? close[i]! : value),
      },
    }),
  },
  {
    says: "the missing among the features filled with the column's mean",
    culprit: ["feature", "change"],
    subject: definePipeline({
      id: "mean-imputation",
      features: {
        change: (candles) => {
          const known = changes(candles.close).map((own, i) => candles.volume[i]! > 0 ? own : NaN);
          const centre = mean(known.filter((own) => !Number.isNaN(own)));
          return known.map((own) => Number.isNaN(own) ? centre : own);
        },
      },
    }),
  },
  {
    says: "the missing among the features filled with the mean so far",
    culprit: null,
    subject: definePipeline({
      id: "mean-so-far",
      features: {
        change: (candles) => {
          let sum = 0, count = 0;
          return changes(candles.close).map((own, i) => {
            if (!(candles.volume[i]! > 0)) return count === 0 ? 0 : sum / count;
            sum += own;
            count++;
            return own;
          });
        },
      },
    }),
  },
];

export const TIMEFRAMES: readonly LeakCase[] = [
  {
    says: "closes of four hours joined to the hours within them",
    report: "freqtrade/freqtrade#11346, 15m joined with 1h",
    culprit: ["feature", "coarse_close"],
    lookAhead: 3,
    subject: definePipeline({
      id: "unshifted-join",
      features: {
        coarse_close: (candles) => {
          const last = lastRows(candles, 4);
          return candles.openTimeMs.map((time) => candles.close[last.get(bucketOf(time, 4))!]!);
        },
      },
    }),
  },
  {
    says: "closes of four hours joined once these are over, candles missing or not",
    culprit: null,
    subject: definePipeline({
      id: "shifted-join",
      features: {
        coarse_close: (candles) => endedBuckets(candles, 4),
        coarse_average: (candles) => ewm(endedBuckets(candles, 4), 0.1),
      },
    }),
  },
  {
    says: "the day's highest high known from its first hour on (groupby, transform)",
    culprit: ["feature", "day_high"],
    subject: definePipeline({
      id: "day-extremes",
      features: {
        day_high: ({ openTimeMs, high }) => {
          const tops = new Map<number, number>(), dayOf = (row: number) => bucketOf(openTimeMs[row]!, 24);
          high.forEach((own, row) => tops.set(dayOf(row), Math.max(own, tops.get(dayOf(row)) ?? 0)));
          return high.map((_, row) => tops.get(dayOf(row))!);
        },
      },
    }),
  },
  {
    says: "the day's highest high so far, and that of the day before",
    culprit: null,
    subject: definePipeline({
      id: "day-extremes-so-far",
      features: {
        day_high: ({ openTimeMs, high }) => {
          let top = 0;
          return high.map((own, i) => {
            const isNew = i === 0 || bucketOf(openTimeMs[i]!, 24) !== bucketOf(openTimeMs[i - 1]!, 24);
            return top = isNew ? own : Math.max(top, own);
          });
        },
        day_before: (candles) => endedBuckets(candles, 24),
      },
    }),
  },
  {
    says: "a signal within the day that depends on the day's final close",
    report: "richkuo/go-trader#732",
    culprit: ["decision", "final-close"],
    subject: definePipeline({
      id: "final-close",
      decide: (candles) => {
        const last = lastRows(candles, 24);
        return candles.close.map((price, i) =>
          candles.close[last.get(bucketOf(candles.openTimeMs[i]!, 24))!]! > price ? 1 : 0
        );
      },
    }),
  },
  {
    says: "whether a candle is the day's last, by its own time: the next one opens on another day",
    culprit: null,
    subject: definePipeline({
      id: "last-of-day",
      features: {
        by_clock: ({ openTimeMs }) =>
          openTimeMs.map((time) => bucketOf(time + HOUR_MS, 24) > bucketOf(time, 24) ? 1 : 0),
        by_next_row: ({ openTimeMs }) =>
          openTimeMs.map((time, i) => bucketOf(openTimeMs[i + 1] ?? time, 24) > bucketOf(time, 24) ? 1 : 0),
      },
    }),
  },
];
