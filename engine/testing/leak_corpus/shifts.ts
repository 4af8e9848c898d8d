// Test support only: rows that read the rows after them, and rows that only look as if they did.
import { definePipeline } from "../../research/mod.ts";
import { changes, shift } from "./frame_functions.ts";
import type { LeakCase } from "./leak_case.ts";

export const SHIFTS: readonly LeakCase[] = [
  {
    says: "the next candle's return as a feature: one candle ahead alone",
    report: "freqtrade/freqtrade#11346, where one candle was too few to be seen",
    culprit: ["feature", "next_return"],
    lookAhead: 1,
    subject: definePipeline({
      id: "shift-minus-one",
      features: {
        previous_return: ({ close }) => shift(changes(close), 1),
        next_return: ({ close }) => shift(changes(close), -1),
      },
    }),
  },
  {
    says: "returns shifted by one and three candles into the past",
    culprit: null,
    subject: definePipeline({
      id: "shift-plus-one",
      features: { last: ({ close }) => shift(changes(close), 1), third: ({ close }) => shift(changes(close), 3) },
    }),
  },
  {
    says: "a signal that compares the close with the next open",
    culprit: ["decision", "gap-signal"],
    lookAhead: 1,
    subject: definePipeline({
      id: "gap-signal",
      decide: ({ open, close }) => close.map((price, i) => open[i + 1]! > price ? 1 : 0),
    }),
  },
  {
    says: "a signal that compares the open with the close before",
    culprit: null,
    subject: definePipeline({
      id: "past-gap-signal",
      decide: ({ open, close }) => open.map((price, i) => price > close[i - 1]! ? 1 : 0),
    }),
  },
  {
    says: "a fair value gap that is marked on its middle candle, with the low of the one after",
    report: "joshyattridge/smart-money-concepts#34, #95",
    culprit: ["feature", "fair_value_gap"],
    lookAhead: 1,
    subject: definePipeline({
      id: "gap-marked-early",
      features: {
        fair_value_gap: ({ high, low }) => low.map((_, i) => high[i - 1]! < low[i + 1]! ? 1 : 0),
      },
    }),
  },
  {
    says: "the same gap, marked once its third candle has closed",
    report: "joshyattridge/smart-money-concepts#95, the causal form",
    culprit: null,
    subject: definePipeline({
      id: "gap-marked-late",
      features: { fair_value_gap: ({ high, low }) => low.map((floor, i) => high[i - 2]! < floor ? 1 : 0) },
    }),
  },
  {
    says: "the next close on the few candles of the largest volumes alone, the past on all others",
    culprit: ["feature", "volume_reaction"],
    lookAhead: 1,
    subject: definePipeline({
      id: "seldom-peek",
      features: {
        volume_reaction: ({ close, volume }) =>
          changes(close).map((own, i, all) => volume[i]! > 90 ? all[i + 1]! : own),
      },
    }),
  },
  {
    says: "a reaction to large volumes that waits for the candle after them to close",
    culprit: null,
    subject: definePipeline({
      id: "seldom-reaction",
      features: {
        volume_reaction: ({ close, volume }) => changes(close).map((own, i) => volume[i - 1]! > 90 ? own : 0),
      },
    }),
  },
  {
    says: "prices divided by the last close of the history",
    culprit: ["feature", "normalised"],
    subject: definePipeline({
      id: "by-last-value",
      features: { normalised: ({ close }) => close.map((price) => price / close.at(-1)!) },
    }),
  },
  {
    says: "prices divided by the first close of the history",
    culprit: null,
    subject: definePipeline({
      id: "by-first-value",
      features: { normalised: ({ close }) => close.map((price) => price / close[0]!) },
    }),
  },
];
