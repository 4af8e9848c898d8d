// Test support only: columns scaled by all of a history, and by what was known of it.
import { definePipeline } from "../../research/mod.ts";
import { changes, deviation, largest, least, mean, range, rolling } from "./frame_functions.ts";
import { BTC, HOUR_MS, type LeakCase } from "./leak_case.ts";

/** Direction in which two columns vary most, by power iteration. */
function mainDirection(a: ArrayLike<number>, b: ArrayLike<number>): readonly [number, number] {
  const rows = range(0, a.length), xx = mean(rows.map((i) => a[i]! * a[i]!)), yy = mean(rows.map((i) => b[i]! * b[i]!));
  const xy = mean(rows.map((i) => a[i]! * b[i]!));
  let [x, y] = [1, 0.5];
  for (let turn = 0; turn < 50; turn++) {
    const u = xx * x + xy * y, v = xy * x + yy * y, size = Math.sqrt(u * u + v * v);
    [x, y] = [u / size, v / size];
  }
  return [x, y];
}

/** Share of values below one. */
function rank(value: number, among: ArrayLike<number>): number {
  let below = 0;
  for (let i = 0; i < among.length; i++) if (among[i]! < value) below++;
  return below / among.length;
}

const ranges = ({ high, low }: { high: Float64Array; low: Float64Array }) => high.map((top, i) => top / low[i]! - 1);

const STORED = BTC.close.map((price, i) => BTC.close[i + 1]! > price ? 1 : 0);

export const SCALING: readonly LeakCase[] = [
  {
    says: "a z-score by mean and deviation of the whole history",
    culprit: ["feature", "zscore"],
    subject: definePipeline({
      id: "global-zscore",
      features: {
        change: ({ close }) => changes(close),
        zscore: (_, { features: { change } }) => {
          const centre = mean(change!), size = deviation(change!);
          return change!.map((value) => (value - centre) / size);
        },
      },
    }),
  },
  {
    says: "a z-score by mean and deviation of the last hundred candles",
    culprit: null,
    subject: definePipeline({
      id: "rolling-zscore",
      features: {
        zscore: ({ close }) =>
          rolling(changes(close), 100, (own) => (own.at(-1)! - mean(own)) / (deviation(own) + 1e-12)),
      },
    }),
  },
  {
    says: "prices between the least and the most of the whole history",
    culprit: ["feature", "scaled"],
    subject: definePipeline({
      id: "global-minimum-maximum",
      features: {
        scaled: ({ close }) => {
          const bottom = least(close), top = largest(close);
          return close.map((price) => (price - bottom) / (top - bottom));
        },
      },
    }),
  },
  {
    says: "prices between the least and the most so far, unknown while these are one",
    culprit: null,
    subject: definePipeline({
      id: "expanding-minimum-maximum",
      features: {
        scaled: ({ close }) => {
          let bottom = Infinity, top = -Infinity;
          return close.map((price) => {
            bottom = Math.min(bottom, price);
            top = Math.max(top, price);
            return top === bottom ? NaN : (price - bottom) / (top - bottom);
          });
        },
      },
    }),
  },
  {
    says: "the percentile of a volume among all of the history",
    culprit: ["feature", "volume_rank"],
    subject: definePipeline({
      id: "global-rank",
      features: { volume_rank: ({ volume }) => volume.map((own) => rank(own, volume)) },
    }),
  },
  {
    says: "the percentile of a volume among those so far",
    culprit: null,
    subject: definePipeline({
      id: "expanding-rank",
      features: { volume_rank: ({ volume }) => volume.map((own, i) => rank(own, volume.subarray(0, i + 1))) },
    }),
  },
  {
    says: "the first principal component of the whole history",
    culprit: ["feature", "component"],
    subject: definePipeline({
      id: "global-components",
      features: {
        change: ({ close }) => changes(close),
        range: ranges,
        component: (_, { features }) => {
          const [x, y] = mainDirection(features.change!, features.range!);
          return features.change!.map((value, i) => x * value + y * features.range![i]!);
        },
      },
    }),
  },
  {
    says: "the first principal component of the training rows, fitted as such",
    culprit: null,
    subject: definePipeline({
      id: "fitted-components",
      features: {
        change: ({ close }) => changes(close),
        range: ranges,
        component: (_, { features, fitted }) =>
          features.change!.map((value, i) => fitted.axes[0] * value + fitted.axes[1] * features.range![i]!),
      },
      fit: {
        axes: (_, { features, train }) =>
          mainDirection(
            Array.from(train, (row) => features.change![row]!),
            Array.from(train, (row) => features.range![row]!),
          ),
      },
    }),
  },
  {
    says: "ranges in five bins whose edges are quantiles of the whole history",
    culprit: ["feature", "bin"],
    subject: definePipeline({
      id: "global-bins",
      features: {
        bin: (candles) => {
          const sorted = ranges(candles).sort(),
            edge = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
          const edges = [0.2, 0.4, 0.6, 0.8].map(edge);
          return ranges(candles).map((own) => edges.filter((at) => at < own).length);
        },
      },
    }),
  },
  {
    says: "ranges in five bins whose edges are stated",
    culprit: null,
    subject: definePipeline({
      id: "stated-bins",
      features: {
        bin: (candles) => ranges(candles).map((own) => [0.002, 0.005, 0.01, 0.02].filter((at) => at < own).length),
      },
    }),
  },
  {
    says: "the age of a candle as a share of the number of candles",
    culprit: ["feature", "age"],
    subject: definePipeline({
      id: "age-by-length",
      features: { age: ({ close }) => close.map((_, i) => i / close.length) },
    }),
  },
  {
    says: "a constant, a column without any value, and one of few different values",
    culprit: null,
    subject: definePipeline({
      id: "dull-columns",
      features: {
        one: ({ close }) => close.map(() => 1),
        none: ({ close }) => Array.from(close, () => null),
        still: ({ high, low }) => Array.from(high, (top, i) => top === low[i]),
        weekday: ({ openTimeMs }) => Array.from(openTimeMs, (time) => `day ${Math.floor(time / 86_400_000) % 7}`),
      },
    }),
  },
  {
    says: "a column that was computed before from the next closes, whatever candles come",
    culprit: ["feature", "stored"],
    subject: definePipeline({ id: "stored-column", features: { stored: ({ length }) => STORED.slice(0, length) } }),
  },
  {
    says: "the number of a candle, its place in a cycle, and the hour of the day",
    culprit: null,
    subject: definePipeline({
      id: "clocks",
      features: {
        number: ({ close }) => close.map((_, i) => i),
        phase: ({ close }) => close.map((_, i) => i % 24),
        hour: ({ openTimeMs }) => openTimeMs.map((time) => Math.floor(time / HOUR_MS) % 24),
      },
    }),
  },
];
