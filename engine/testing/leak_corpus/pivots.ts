// Test support only: highs and lows that are known only once others have followed.
import { definePipeline } from "../../research/mod.ts";
import { largest, least, range } from "./frame_functions.ts";
import type { LeakCase } from "./leak_case.ts";

/** 1 on a high above `side` highs on both sides. */
function fractals(high: Float64Array, side: number): Float64Array {
  return high.map((top, i) => {
    if (i < side || i + side >= high.length) return 0;
    return range(i - side, i + side + 1).every((k) => k === i || high[k]! < top) ? 1 : 0;
  });
}

/** Directions of a zigzag that turns after a move of some share; each leg is drawn from its turning point on. */
function zigzag(close: Float64Array, share: number): Float64Array {
  const direction = new Float64Array(close.length);
  let extreme = 0, rising = true;
  for (let i = 1; i < close.length; i++) {
    const isFurther = rising ? close[i]! >= close[extreme]! : close[i]! <= close[extreme]!;
    const hasTurned = rising ? close[i]! < close[extreme]! * (1 - share) : close[i]! > close[extreme]! * (1 + share);
    if (hasTurned) {
      rising = !rising;
      for (let k = extreme + 1; k <= i; k++) direction[k] = rising ? 1 : -1;
    } else direction[i] = rising ? 1 : -1;
    if (isFurther || hasTurned) extreme = i;
  }
  return direction;
}

/** The same, as it was known at each row. */
function zigzagSoFar(close: Float64Array, share: number): Float64Array {
  let extreme = close[0]!, rising = true;
  return close.map((price) => {
    const hasTurned = rising ? price < extreme * (1 - share) : price > extreme * (1 + share);
    if (hasTurned) rising = !rising;
    if (hasTurned || (rising ? price >= extreme : price <= extreme)) extreme = price;
    return rising ? 1 : -1;
  });
}

/** Value of the last row so far that is marked, `delay` rows after it. */
function lastMarked(values: Float64Array, marks: Float64Array, delay: number): Float64Array {
  let known = NaN;
  return values.map((_, i) => marks[i - delay] === 1 ? known = values[i - delay]! : known);
}

export const PIVOTS: readonly LeakCase[] = [
  {
    says: "fractals marked on their own candle",
    culprit: ["feature", "fractal"],
    lookAhead: 2,
    subject: definePipeline({ id: "early-fractals", features: { fractal: ({ high }) => fractals(high, 2) } }),
  },
  {
    says: "fractals marked two candles later, when they are confirmed",
    culprit: null,
    subject: definePipeline({
      id: "late-fractals",
      features: { fractal: ({ high }) => fractals(high, 2).map((_, i, all) => all[i - 2] ?? 0) },
    }),
  },
  {
    says: "a zigzag whose legs begin at their turning points",
    report: "twopirllc/pandas-ta#871, #874; facioquo/stock-indicators-python#363",
    culprit: ["feature", "zigzag"],
    subject: definePipeline({ id: "repainting-zigzag", features: { zigzag: ({ close }) => zigzag(close, 0.03) } }),
  },
  {
    says: "a zigzag whose legs begin when they are confirmed",
    report: "twopirllc/pandas-ta#874, the form for backtests",
    culprit: null,
    subject: definePipeline({ id: "confirmed-zigzag", features: { zigzag: ({ close }) => zigzagSoFar(close, 0.03) } }),
  },
  {
    says: "entries at local lows over twelve candles on both sides (argrelextrema), which are few",
    report: "ivanproskuryakov/ta-search#2",
    culprit: ["decision", "local-lows"],
    lookAhead: 12,
    subject: definePipeline({
      id: "local-lows",
      decide: ({ low }) => fractals(low.map((price) => -price), 12),
    }),
  },
  {
    says: "entries at lows of the past twelve candles",
    culprit: null,
    subject: definePipeline({
      id: "past-lows",
      decide: ({ low }) => low.map((price, i) => i >= 12 && price === least(low.subarray(i - 12, i + 1)) ? 1 : 0),
    }),
  },
  {
    says: "a support level from swing lows that are not confirmed yet, held until the next one",
    report: "joshyattridge/smart-money-concepts#95",
    culprit: ["feature", "support"],
    lookAhead: 5,
    subject: definePipeline({
      id: "early-support",
      features: { support: ({ low }) => lastMarked(low, fractals(low.map((price) => -price), 5), 0) },
    }),
  },
  {
    says: "a support level from swing lows once they are confirmed",
    report: "richkuo/go-trader#740, the corrected form",
    culprit: null,
    subject: definePipeline({
      id: "late-support",
      features: { support: ({ low }) => lastMarked(low, fractals(low.map((price) => -price), 5), 5) },
    }),
  },
  {
    says: "resistance at the highest high of the whole history",
    culprit: ["feature", "below_resistance"],
    subject: definePipeline({
      id: "global-resistance",
      features: { below_resistance: ({ high, close }) => close.map((price) => 1 - price / largest(high)) },
    }),
  },
  {
    says: "resistance at the highest high of the first hundred candles, not known before they are over",
    culprit: null,
    subject: definePipeline({
      id: "opening-resistance",
      features: {
        below_resistance: ({ high, close }) => {
          const top = largest(high.subarray(0, 100));
          return close.map((price, i) => i < 99 ? NaN : 1 - price / top);
        },
      },
    }),
  },
];
