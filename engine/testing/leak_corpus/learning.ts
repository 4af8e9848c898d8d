// Test support only: labels, what is learned from them, and the rows that it is learned from.
import { definePipeline, type PipelineDefinition } from "../../research/mod.ts";
import type { CandleColumns } from "../../market/mod.ts";
import { changes, correlation, deviation, mean, range, rolling } from "./frame_functions.ts";
import { HOUR_MS, type LeakCase } from "./leak_case.ts";

const HORIZON = 6;
const ahead = ({ close }: CandleColumns) => close.map((price, i) => close[i + HORIZON]! / price - 1);
const known = (values: ArrayLike<number>) => Array.from(values).filter((value) => value - value === 0);

const features = {
  change: ({ close }) => changes(close),
  momentum: ({ close }) => close.map((price, i) => i < 12 ? 0 : price / close[i - 12]! - 1),
  roughness: ({ close }) => rolling(changes(close), 24, deviation).map((value) => value || 0),
  hour: ({ openTimeMs }) => openTimeMs.map((time) => Math.floor(time / HOUR_MS) % 24),
} satisfies PipelineDefinition["features"];

const labels = { future_return: { horizon: HORIZON, of: ahead } };
const purged = ({ length }: CandleColumns) => ({
  train: { from: 24, to: 600 - HORIZON },
  test: { from: 600, to: length },
});

/** Slope and level of a least-squares line over some rows. */
function line(x: Float64Array, y: Float64Array, rows: ArrayLike<number>): { slope: number; level: number } {
  const own = Array.from(rows).filter((row) => y[row]! - y[row]! === 0);
  const mx = mean(own.map((row) => x[row]!)), my = mean(own.map((row) => y[row]!));
  const slope = mean(own.map((row) => (x[row]! - mx) * (y[row]! - my))) /
    mean(own.map((row) => (x[row]! - mx) * (x[row]! - mx)));
  return { slope, level: my - slope * mx };
}

/** Mean label of each hour of the day. */
function byHour(hour: Float64Array, label: Float64Array, rows: ArrayLike<number>): number[] {
  return range(0, 24).map((own) =>
    mean(known(Array.from(rows).filter((row) => hour[row] === own).map((row) => label[row]!)))
  );
}

class HiddenModel {
  readonly #line: { slope: number; level: number };
  constructor(x: Float64Array, y: Float64Array, rows: ArrayLike<number>) {
    this.#line = line(x, y, rows);
  }
  predict(value: number): number {
    return this.#line.level + this.#line.slope * value;
  }
}

export const LABELS: readonly LeakCase[] = [
  {
    says: "training rows up to the first test row, with labels of six candles",
    culprit: ["split", "split"],
    lookAhead: HORIZON,
    subject: definePipeline({
      id: "unpurged-split",
      features,
      labels,
      split: ({ length }) => ({ train: { from: 0, to: 600 }, test: { from: 600, to: length } }),
    }),
  },
  {
    says: "the same with the last six training rows left out; the label itself looks ahead, as labels do",
    report: "freqtrade's documents: targets of FreqAI are shown as biased",
    culprit: null,
    subject: definePipeline({ id: "purged-split", features, labels, split: purged }),
  },
  {
    says: "a label that says five candles and looks six ahead",
    culprit: ["label", "understated"],
    lookAhead: HORIZON,
    subject: definePipeline({
      id: "understated-horizon",
      features,
      labels: { understated: { horizon: HORIZON - 1, of: ahead } },
      split: purged,
    }),
  },
  {
    says: "labels without a stated horizon, one of them by barriers that end after a day",
    culprit: null,
    subject: definePipeline({
      id: "measured-horizons",
      features,
      labels: {
        plain: ahead,
        barriers: ({ close }) =>
          close.map((price, i) => {
            for (const k of range(i + 1, Math.min(close.length, i + 25))) {
              if (Math.abs(close[k]! / price - 1) > 0.03) return Math.sign(close[k]! - price);
            }
            return 0;
          }),
      },
    }),
  },
  {
    says: "labels cut at the quantiles of all future returns",
    culprit: ["label", "tercile"],
    subject: definePipeline({
      id: "global-label-quantiles",
      features,
      labels: {
        tercile: (candles) => {
          const sorted = known(ahead(candles)).sort((a, b) => a - b),
            edge = (part: number) => sorted[Math.floor(part * (sorted.length - 1) / 3)]!;
          return ahead(candles).map((own) => own < edge(1) ? 0 : own < edge(2) ? 1 : 2);
        },
      },
    }),
  },
  {
    says: "labels cut at stated returns",
    culprit: null,
    subject: definePipeline({
      id: "stated-label-edges",
      features,
      labels: { side: (candles) => ahead(candles).map((own) => own > 0.005 ? 1 : own < -0.005 ? -1 : 0) },
    }),
  },
  {
    says: "the label's own column among the features, under another name",
    culprit: ["feature", "momentum_2"],
    subject: definePipeline({
      id: "label-as-feature",
      features: { ...features, momentum_2: (_, { labels }) => labels.future_return!.map((value) => value > 0 ? 1 : 0) },
      labels,
    }),
  },
  {
    says: "labels of rows that are six candles old as a feature: known by then",
    culprit: null,
    subject: definePipeline({
      id: "old-labels-as-feature",
      features: {
        ...features,
        recent: (_, { labels }) => labels.future_return!.map((_, i, all) => all[i - HORIZON] ?? NaN),
      },
      labels,
    }),
  },
];

export const FITTING: readonly LeakCase[] = [
  {
    says: "a scaler fitted on all rows",
    culprit: ["fit", "scaler"],
    subject: definePipeline({
      id: "scaler-of-all-rows",
      features: {
        ...features,
        scaled: (_, { features, fitted }) => features.change!.map((own) => own / fitted.scaler.size),
      },
      fit: { scaler: (_, { features }) => ({ centre: mean(features.change!), size: deviation(features.change!) }) },
    }),
  },
  {
    says: "a scaler fitted on the training rows and used on all",
    culprit: null,
    subject: definePipeline({
      id: "scaler-of-training-rows",
      features: {
        ...features,
        scaled: (_, { features, fitted }) => features.change!.map((own) => own / fitted.scaler.size),
      },
      fit: {
        scaler: (_, { features, train }) => {
          const own = Array.from(train, (row) => features.change![row]!);
          return { centre: mean(own), size: deviation(own) };
        },
      },
    }),
  },
  {
    says: "the feature chosen that correlates most with the label over all rows",
    culprit: ["fit", "selection"],
    subject: definePipeline({
      id: "selection-over-all-rows",
      features,
      labels,
      split: purged,
      fit: {
        selection: (_, { features, labels }) =>
          ["change", "momentum", "roughness"].map((name) => ({
            name,
            score: Math.abs(correlation(features[name]!, labels.future_return!, range(0, features[name]!.length))),
          })).sort((a, b) => b.score - a.score),
      },
    }),
  },
  {
    says: "the feature chosen that correlates most with the label over the training rows",
    culprit: null,
    subject: definePipeline({
      id: "selection-over-training-rows",
      features,
      labels,
      split: purged,
      fit: {
        selection: (_, { features, labels, train }) =>
          ["change", "momentum", "roughness"].map((name) => ({
            name,
            score: Math.abs(correlation(features[name]!, labels.future_return!, train)),
          })).sort((a, b) => b.score - a.score)[0]!.name,
      },
    }),
  },
  {
    says: "hours encoded by the mean label of all rows",
    culprit: ["fit", "encoding"],
    subject: definePipeline({
      id: "target-encoding-of-all-rows",
      features,
      labels,
      split: purged,
      fit: {
        encoding: (_, { features, labels }) =>
          byHour(features.hour!, labels.future_return!, range(0, features.hour!.length)),
      },
    }),
  },
  {
    says: "hours encoded by the mean label of the training rows",
    culprit: null,
    subject: definePipeline({
      id: "target-encoding-of-training-rows",
      features: {
        ...features,
        encoded: (_, { features, fitted }) => features.hour!.map((own) => fitted.encoding[own]),
      },
      labels,
      split: purged,
      fit: { encoding: (_, { features, labels, train }) => byHour(features.hour!, labels.future_return!, train) },
    }),
  },
  {
    says: "hours encoded by the mean label of all rows, as a feature",
    culprit: ["feature", "encoded"],
    subject: definePipeline({
      id: "target-encoding-as-feature",
      features: {
        ...features,
        encoded: (_, { features, labels }) => {
          const means = byHour(features.hour!, labels.future_return!, range(0, features.hour!.length));
          return features.hour!.map((own) => means[own]!);
        },
      },
      labels,
    }),
  },
  {
    says: "hours encoded by the mean of the labels that were known at each row",
    culprit: null,
    subject: definePipeline({
      id: "expanding-target-encoding",
      features: {
        ...features,
        encoded: (_, { features, labels }) => {
          const sums = new Float64Array(24), counts = new Float64Array(24);
          return features.hour!.map((own, i) => {
            const row = i - HORIZON, label = labels.future_return![row];
            if (label !== undefined) {
              sums[features.hour![row]!]! += label;
              counts[features.hour![row]!]!++;
            }
            return counts[own] === 0 ? 0 : sums[own]! / counts[own]!;
          });
        },
      },
      labels,
    }),
  },
  {
    says: "a model with a predict function, trained on all rows",
    culprit: ["fit", "model"],
    subject: definePipeline({
      id: "model-of-all-rows",
      features,
      labels,
      split: purged,
      fit: {
        model: (_, { features, labels }) => {
          const { slope, level } = line(features.momentum!, labels.future_return!, range(0, features.momentum!.length));
          return { predict: (value: number) => level + slope * value };
        },
      },
      decide: (_, { features, fitted }) => features.momentum!.map((own) => fitted.model.predict(own)),
    }),
  },
  {
    says: "a model with a predict function, trained on the training rows",
    culprit: null,
    subject: definePipeline({
      id: "model-of-training-rows",
      features,
      labels,
      split: purged,
      fit: {
        model: (_, { features, labels, train }) => {
          const { slope, level } = line(features.momentum!, labels.future_return!, train);
          return { predict: (value: number) => level + slope * value };
        },
      },
      decide: (_, { features, fitted }) => features.momentum!.map((own) => fitted.model.predict(own) > 0 ? 1 : -1),
    }),
  },
  {
    says: "training and test rows drawn by chance",
    culprit: ["split", "split"],
    subject: definePipeline({
      id: "shuffled-split",
      features,
      labels,
      split: ({ length }) => {
        const isTest = (row: number) => row * 2_654_435_761 % 997 < 200;
        return {
          train: range(24, length).filter((row) => !isTest(row)),
          test: range(24, length).filter(isTest),
        };
      },
    }),
  },
  {
    says: "five folds, purged and embargoed by the label's horizon, with a scaler of each fold's training rows",
    culprit: null,
    subject: definePipeline({
      id: "purged-folds",
      features,
      labels,
      split: ({ length }) =>
        range(0, 5).map((fold) => {
          const from = 24 + fold * 170, to = from + 170;
          return {
            train: range(24, length).filter((row) => row < from - HORIZON || row >= to + HORIZON),
            test: { from, to },
          };
        }),
      fit: { scaler: (_, { features, train }) => deviation(Array.from(train, (row) => features.change![row]!)) },
    }),
  },
  {
    says: "a model that hides its weight, trained on all rows; its signs are the same with most futures",
    culprit: ["fit", "hidden_model"],
    subject: definePipeline({
      id: "hidden-model-of-all-rows",
      features,
      labels,
      split: purged,
      fit: {
        hidden_model: (_, { features, labels }) =>
          new HiddenModel(features.momentum!, labels.future_return!, range(0, features.momentum!.length)),
      },
      decide: (_, { features, fitted }) =>
        features.momentum!.map((own) => fitted.hidden_model.predict(own) > 0 ? 1 : -1),
    }),
  },
  {
    says: "a model that hides its weight, trained on the training rows given as truth values",
    culprit: null,
    subject: definePipeline({
      id: "hidden-model-of-training-rows",
      features,
      labels,
      split: ({ length }) => ({
        train: range(0, length).map((row) => row < 600 - HORIZON),
        test: range(0, length).map((row) => row >= 600),
      }),
      fit: {
        hidden_model: (_, { features, labels, train }) =>
          new HiddenModel(features.momentum!, labels.future_return!, train),
      },
      decide: (_, { features, fitted }) =>
        features.momentum!.map((own) => fitted.hidden_model.predict(own) > 0 ? 1 : -1),
    }),
  },
];
