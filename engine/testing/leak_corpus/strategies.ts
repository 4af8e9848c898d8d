// Test support only: strategies whose context holds the past alone, and what they hold on to beside it.
import { atr, rsi, sma } from "../../indicators/mod.ts";
import type { CandleColumns } from "../../market/mod.ts";
import {
  applyKernel,
  close,
  crossesAbove,
  crossesBelow,
  high,
  highest,
  type Kernel,
  KernelState,
  on,
  shift,
} from "../../series/mod.ts";
import {
  BaseStrategy,
  type DecisionContext,
  defineStrategy,
  limitAt,
  percent,
  sizeAsFraction,
  type Strategy,
  type StrategyRules,
  trailingPercent,
} from "../../strategies/mod.ts";
import { largest, mean, range, rolling } from "./frame_functions.ts";
import { BTC, HOUR_MS, type LeakCase } from "./leak_case.ts";

/** A strategy in code that reads an average of twenty closes. */
function coded(id: string, decide: (context: DecisionContext) => void): Strategy {
  class Coded extends BaseStrategy {
    readonly series = [sma(close, 20)];
    decide(context: DecisionContext): void {
      decide(context);
    }
  }
  return defineStrategy({ id, params: {}, create: () => new Coded() });
}

const ruled = (id: string, rules: () => StrategyRules) => defineStrategy({ id, params: {}, rules });

function follow(context: DecisionContext, isUp: boolean): void {
  if (isUp && context.position === 0) context.buy();
  else if (!isUp && context.position > 0) context.exit();
}

class PassingState extends KernelState {
  constructor() {
    super(1, 1);
  }
  push(): void {
    this.out[0] = this.input[0]! - this.memory[0]!;
    this.memory[0] = this.input[0]!;
  }
}

/** Difference to the row before in a stream; over columns, to the row that `from` names. */
function difference(name: string, from: (row: number, first: number, end: number) => number): Kernel {
  return {
    name,
    inputs: 1,
    outputs: ["value"],
    warmUp: () => [1],
    state: () => new PassingState(),
    run([x], first, end, _, [out]) {
      for (let i = first; i < end; i++) out![i] = x![i]! - (i === first ? 0 : x![from(i, first, end)]!);
    },
  };
}

const peekingKernel = difference("differenceToNext", (row, _, end) => Math.min(row + 1, end - 1));
const honestKernel = difference("differenceToLast", (row) => row - 1);

let bestEver = 0;
const SIGNALS = BTC.close.map((price, i) => BTC.close[i + 2]! > price ? 1 : 0);
const BOUGHT_AT = new Set(
  range(0, BTC.length - 5).filter((i) => BTC.close[i + 5]! > BTC.close[i]! * 1.01).map((i) => BTC.openTimeMs[i]!),
);

export const CAPTURED: readonly LeakCase[] = [
  {
    says: "decisions that read a later close of candles that the strategy closes over",
    culprit: ["decision", "closure"],
    lookAhead: 2,
    subject: coded("closure", (context) => follow(context, BTC.close[context.index + 2]! > context.close)),
  },
  {
    says: "decisions that read an earlier close of candles that the strategy closes over",
    culprit: null,
    subject: coded("past-closure", (context) => follow(context, BTC.close[context.index - 2]! < context.close)),
  },
  {
    says: "signals computed for all candles before the run, looked up by the number of the candle",
    culprit: ["decision", "precomputed"],
    subject: coded("precomputed", (context) => follow(context, SIGNALS[context.index] === 1)),
  },
  {
    says: "a strategy made of its candles, with an average computed for all of them beforehand",
    culprit: null,
    subject: (candles: CandleColumns) => {
      const average = rolling(candles.close, 30, mean);
      return coded("precomputed-average", (context) => follow(context, context.close > average[context.index]!));
    },
  },
  {
    says: "a strategy made of its candles, with a centred average computed for all of them beforehand",
    culprit: ["decision", "precomputed-centre"],
    subject: (candles: CandleColumns) => {
      const average = rolling(candles.close, 9, mean, 4);
      return coded("precomputed-centre", (context) => follow(context, context.close < average[context.index]!));
    },
  },
  {
    says: "entries every hundred candles and exits by the hour of the day",
    culprit: null,
    subject: coded("counter", (context) => {
      if (context.position === 0 && context.index % 100 === 7) context.buy();
      if (context.position > 0 && context.closeTimeMs / HOUR_MS % 24 === 0) context.exit();
    }),
  },
  {
    says: "a list of moments worth buying at",
    culprit: ["decision", "moments"],
    subject: coded("moments", (context) => follow(context, BOUGHT_AT.has(context.openTimeMs))),
  },
  {
    says: "entries from a stated date on",
    culprit: null,
    subject: coded(
      "dated",
      (context) => follow(context, context.closeTimeMs > BTC.openTimeMs[400]! && context.close > context.values[0]!),
    ),
  },
  {
    says: "the best price ever, kept in the module from run to run",
    culprit: ["decision", "kept-state"],
    subject: coded("kept-state", (context) => {
      bestEver = Math.max(bestEver, context.close);
      follow(context, context.close > bestEver * 0.97);
    }),
  },
  {
    says: "the best price ever, kept in the strategy's memory",
    culprit: null,
    subject: coded("remembered-state", (context) => {
      const best = Math.max(Number(context.memory.best ?? 0), context.close);
      context.memory.best = best;
      follow(context, context.close > best * 0.97);
    }),
  },
];

class OwnCounter extends BaseStrategy {
  readonly series = [];
  seen = 0;
  decide(context: DecisionContext): void {
    follow(context, SIGNALS[this.seen++] === 1);
  }
}

class OwnAverage extends BaseStrategy {
  readonly series = [];
  average = NaN;
  seen = 0;
  decide(context: DecisionContext): void {
    this.seen++;
    this.average = this.seen === 1 ? context.close : this.average + 0.1 * (context.close - this.average);
    follow(context, context.close > this.average);
  }
}

export const COUNTED: readonly LeakCase[] = [
  {
    says: "signals computed beforehand, read one after the other by a counter of the class",
    culprit: ["decision", "own-counter"],
    subject: defineStrategy({ id: "own-counter", params: {}, create: () => new OwnCounter() }),
  },
  {
    says: "an average that the class keeps in a field",
    culprit: null,
    subject: defineStrategy({ id: "own-average", params: {}, create: () => new OwnAverage() }),
  },
];

class ListState extends KernelState {
  constructor(readonly list: Float64Array) {
    super(1, 1);
  }
  push(): void {
    const row = this.memory[0]!;
    this.memory[0] = row + 1;
    this.out[0] = this.list[row]! - this.input[0]!;
  }
}

/** Ups less downs so far. */
class BalanceState extends KernelState {
  constructor() {
    super(1, 2);
  }
  push(): void {
    const value = this.input[0]!, { memory } = this;
    memory[0] = memory[0]! + Math.sign(value - memory[1]!);
    memory[1] = value;
    this.out[0] = memory[0];
  }
}

const streamed = (name: string, state: () => KernelState): Kernel => ({
  name,
  inputs: 1,
  outputs: ["value"],
  warmUp: () => [0],
  state,
});
const LATER = BTC.close.map((price, i) => BTC.close[i + 1] ?? price);
const listKernel = streamed("listed", () => new ListState(LATER));
const balanceKernel = streamed("balance", () => new BalanceState());

export const KERNELS: readonly LeakCase[] = [
  {
    says: "a kernel whose stream reads a list of later closes, row by row",
    culprit: ["expression", "listed(close)"],
    subject: ruled("listed-kernel", () => ({
      enter: applyKernel(listKernel, [close], [])[0]!.gt(0),
      exit: applyKernel(listKernel, [close], [])[0]!.lt(0),
    })),
  },
  {
    says: "a kernel that counts ups and downs and never settles",
    culprit: null,
    subject: ruled("balance-kernel", () => ({
      enter: crossesAbove(
        applyKernel(balanceKernel, [close], [])[0]!,
        sma(applyKernel(balanceKernel, [close], [])[0]!, 10),
      ),
      exit: crossesBelow(close, sma(close, 20)),
    })),
  },
];

export const RULES: readonly LeakCase[] = [
  {
    says: "a level at nine tenths of the highest close of the whole history",
    culprit: ["expression", "close >"],
    subject: ruled("global-level", () => ({
      enter: close.gt(0.9 * largest(BTC.close)),
      exit: crossesBelow(close, sma(close, 20)),
    })),
  },
  {
    says: "a level at the highest high of the past 48 candles",
    culprit: null,
    subject: ruled("past-level", () => ({
      enter: close.gt(shift(highest(high, 48), 1)),
      exit: crossesBelow(close, sma(close, 20)),
    })),
  },
  {
    says: "a kernel of the user's that reads the next row of a column",
    culprit: ["expression", "differenceToNext(close)"],
    lookAhead: 1,
    subject: ruled("peeking-kernel", () => ({
      enter: applyKernel(peekingKernel, [close], [])[0]!.gt(0),
      exit: crossesBelow(close, sma(close, 20)),
    })),
  },
  {
    says: "a kernel of the user's that reads the row before",
    culprit: null,
    subject: ruled("honest-kernel", () => ({
      enter: applyKernel(honestKernel, [close], [])[0]!.gt(0),
      exit: crossesBelow(close, sma(close, 20)),
    })),
  },
  {
    says: "an exit in code that looks up the next close",
    culprit: ["hook", "exit"],
    lookAhead: 1,
    subject: ruled("peeking-exit", () => ({
      enter: crossesAbove(close, sma(close, 20)),
      exit: ({ closeTimeMs, close: now }) => BTC.close[BTC.openTimeMs.indexOf(closeTimeMs)]! < now,
    })),
  },
  {
    says: "an exit in code by the age and the profit of the position",
    culprit: null,
    subject: ruled("aged-exit", () => ({
      enter: crossesAbove(close, sma(close, 20)),
      exit: ({ barsHeld, unrealisedReturnFraction }) => barsHeld > 24 || unrealisedReturnFraction > 0.04,
      stop: ({ bestPrice, values: { range } }) => bestPrice - 3 * range!,
      values: { range: atr(14) },
    })),
  },
  {
    says: "a stop in code at the lowest low of the coming day",
    culprit: ["hook", "stop"],
    subject: ruled("stop-at-coming-low", () => ({
      enter: crossesAbove(close, sma(close, 20)),
      exit: crossesBelow(close, sma(close, 50)),
      stop: ({ closeTimeMs }) => {
        const row = BTC.openTimeMs.findIndex((time) => time >= closeTimeMs);
        return row < 0
          ? null
          : BTC.low.subarray(row, row + 24).reduce((low, own) => Math.min(low, own), Infinity) * 0.999;
      },
    })),
  },
  {
    says: "entries that wait at a limit below, a stop that trails, and a size by the range",
    report: "freqtrade/freqtrade#12168, #13547: delayed entries and sizes reported as biased",
    culprit: null,
    subject: ruled("waiting-entries", () => ({
      enter: rsi(close, 14).lt(40),
      exit: rsi(close, 14).gt(60),
      at: limitAt(close.mul(0.995)),
      timeInForce: "DAY",
      stop: trailingPercent(3),
      size: sizeAsFraction(close.div(atr(14)).mul(0.002).min(0.5)),
    })),
  },
  {
    says: "no entry while a position is open, exits by the account's own loss",
    report: "freqtrade/freqtrade#10380: open trades reported as biased",
    culprit: null,
    subject: coded("account-aware", (context) => {
      if (context.positionsClosed < 12 && context.position === 0 && context.close > context.values[0]!) {
        context.buy({ stop: percent(2), target: percent(3) });
      } else if (context.position > 0 && context.equity < 9_900) context.exit("drawdown");
    }),
  },
  {
    says: "rules of four hours over candles of one, and recursive averages that settle slowly",
    report: "freqtrade/freqtrade#11642: averages reported as biased",
    culprit: null,
    subject: ruled("coarser-rules", () => ({
      enter: crossesAbove(on("4h", close), on("4h", sma(close, 5))).and(rsi(close, 50).gt(45)),
      exit: crossesBelow(on("4h", close), on("4h", sma(close, 5))),
    })),
  },
];
