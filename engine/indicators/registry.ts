import { InputError } from "../errors/mod.ts";
import { close, type Series } from "../series/mod.ts";
import { adx, minusDi, plusDi } from "./adx.ts";
import { atr } from "./atr.ts";
import { bollinger } from "./bollinger.ts";
import { cci } from "./cci.ts";
import { ema } from "./ema.ts";
import { macd } from "./macd.ts";
import { obv } from "./obv.ts";
import { roc } from "./roc.ts";
import { rsi } from "./rsi.ts";
import { sma } from "./sma.ts";
import { stochastic } from "./stochastic.ts";
import { wma } from "./wma.ts";

/** A parameter of an indicator, with the names that other libraries give it. */
export interface IndicatorParameter {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: "integer" | "number";
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

/** An output line, with the names that other libraries give it. */
export interface IndicatorOutput {
  readonly name: string;
  readonly aliases: readonly string[];
}

/** An indicator as lists and commands know it. */
export interface IndicatorEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  /** Candle columns that it reads. */
  readonly inputs: readonly string[];
  /** In the usual order. */
  readonly parameters: readonly IndicatorParameter[];
  readonly outputs: readonly IndicatorOutput[];
  readonly source: string;
  /** One series per output, from parameters in the order of `parameters`. */
  readonly build: (...values: number[]) => Series[];
}

const LONGEST = 100_000;

function length(name: string, byDefault: number, aliases: readonly string[], min = 1): IndicatorParameter {
  return { name, aliases, type: "integer", default: byDefault, min, max: LONGEST };
}
const period = (byDefault: number, min = 1) => length("length", byDefault, ["timeperiod", "period"], min);
const value: readonly IndicatorOutput[] = [{ name: "value", aliases: [] }];
const line = (name: string, ...aliases: string[]): IndicatorOutput => ({ name, aliases });
const deviations = (name: string, alias: string): IndicatorParameter => ({
  name,
  aliases: [alias],
  type: "number",
  default: 2,
  min: 0,
  max: 100,
});

/** Every indicator, by name. */
export const INDICATORS: readonly IndicatorEntry[] = [
  {
    name: "sma",
    aliases: ["SMA"],
    summary: "simple moving average",
    inputs: ["close"],
    parameters: [period(30)],
    outputs: value,
    source: "TA-Lib SMA",
    build: (n) => [sma(close, n!)],
  },
  {
    name: "ema",
    aliases: ["EMA"],
    summary: "exponential moving average, begun with a simple one",
    inputs: ["close"],
    parameters: [period(30)],
    outputs: value,
    source: "TA-Lib EMA",
    build: (n) => [ema(close, n!)],
  },
  {
    name: "wma",
    aliases: ["WMA"],
    summary: "linearly weighted moving average",
    inputs: ["close"],
    parameters: [period(30)],
    outputs: value,
    source: "TA-Lib WMA",
    build: (n) => [wma(close, n!)],
  },
  {
    name: "rsi",
    aliases: ["RSI"],
    summary: "relative strength index, 0 … 100",
    inputs: ["close"],
    parameters: [period(14, 2)],
    outputs: value,
    source: "Wilder 1978; TA-Lib RSI",
    build: (n) => [rsi(close, n!)],
  },
  {
    name: "macd",
    aliases: ["MACD"],
    summary: "moving average convergence and divergence",
    inputs: ["close"],
    parameters: [
      length("fast", 12, ["fastperiod", "fast_period"]),
      length("slow", 26, ["slowperiod", "slow_period"], 2),
      length("signal", 9, ["signalperiod", "signal_period"]),
    ],
    outputs: [line("macd"), line("signal", "macdsignal"), line("histogram", "macdhist")],
    source: "Appel; TA-Lib MACD",
    build: (fast, slow, signal) => {
      const lines = macd(close, { fast: fast!, slow: slow!, signal: signal! });
      return [lines.macd, lines.signal, lines.histogram];
    },
  },
  {
    name: "bollinger",
    aliases: ["BBANDS", "bbands", "bollingerBands"],
    summary: "Bollinger bands: mean and population deviations",
    inputs: ["close"],
    parameters: [period(20, 2), deviations("deviationsUp", "nbdevup"), deviations("deviationsDown", "nbdevdn")],
    outputs: [line("upper", "upperband"), line("middle", "middleband"), line("lower", "lowerband")],
    source: "Bollinger; TA-Lib BBANDS (simple averages)",
    build: (n, up, down) => {
      const bands = bollinger(close, { length: n!, deviationsUp: up!, deviationsDown: down! });
      return [bands.upper, bands.middle, bands.lower];
    },
  },
  {
    name: "atr",
    aliases: ["ATR"],
    summary: "average true range, quote units",
    inputs: ["high", "low", "close"],
    parameters: [period(14)],
    outputs: value,
    source: "Wilder 1978; TA-Lib ATR",
    build: (n) => [atr(n!)],
  },
  {
    name: "adx",
    aliases: ["ADX"],
    summary: "average directional index, 0 … 100",
    inputs: ["high", "low", "close"],
    parameters: [period(14, 2)],
    outputs: value,
    source: "Wilder 1978; TA-Lib ADX",
    build: (n) => [adx(n!)],
  },
  {
    name: "plusDi",
    aliases: ["PLUS_DI", "plus_di"],
    summary: "upward movement's share of the range, 0 … 100",
    inputs: ["high", "low", "close"],
    parameters: [period(14, 2)],
    outputs: value,
    source: "Wilder 1978; TA-Lib PLUS_DI",
    build: (n) => [plusDi(n!)],
  },
  {
    name: "minusDi",
    aliases: ["MINUS_DI", "minus_di"],
    summary: "downward movement's share of the range, 0 … 100",
    inputs: ["high", "low", "close"],
    parameters: [period(14, 2)],
    outputs: value,
    source: "Wilder 1978; TA-Lib MINUS_DI",
    build: (n) => [minusDi(n!)],
  },
  {
    name: "stochastic",
    aliases: ["STOCH", "stoch"],
    summary: "slow stochastic oscillator, 0 … 100",
    inputs: ["high", "low", "close"],
    parameters: [
      length("length", 14, ["fastk_period", "timeperiod"]),
      length("smooth", 3, ["slowk_period"]),
      length("signal", 3, ["slowd_period"]),
    ],
    outputs: [line("k", "slowk"), line("d", "slowd")],
    source: "Lane; TA-Lib STOCH (simple averages)",
    build: (n, smooth, signal) => {
      const { k, d } = stochastic({ length: n!, smooth: smooth!, signal: signal! });
      return [k, d];
    },
  },
  {
    name: "cci",
    aliases: ["CCI"],
    summary: "commodity channel index",
    inputs: ["high", "low", "close"],
    parameters: [period(14, 2)],
    outputs: value,
    source: "Lambert 1980; TA-Lib CCI",
    build: (n) => [cci(n!)],
  },
  {
    name: "obv",
    aliases: ["OBV"],
    summary: "on-balance volume, base units",
    inputs: ["close", "volume"],
    parameters: [],
    outputs: value,
    source: "Granville 1963; TA-Lib OBV",
    build: () => [obv()],
  },
  {
    name: "roc",
    aliases: ["ROC"],
    summary: "rate of change, percent",
    inputs: ["close"],
    parameters: [period(10)],
    outputs: value,
    source: "TA-Lib ROC",
    build: (n) => [roc(close, n!)],
  },
];

/**
 * The indicator of a name or alias, whatever the case.
 *
 * @throws {InputError} `indicator` listing what there is.
 */
export function findIndicator(name: string): IndicatorEntry {
  const wanted = name.toLowerCase();
  const found = INDICATORS.find((entry) =>
    [entry.name, ...entry.aliases].some((known) => known.toLowerCase() === wanted)
  );
  if (found) return found;
  throw new InputError(
    "indicator",
    `there is no indicator "${name}": there are ${INDICATORS.map((e) => e.name).join(", ")}`,
  );
}

/** An indicator with its parameters fixed: a series per output. */
export interface BuiltIndicator {
  readonly entry: IndicatorEntry;
  readonly parameters: Readonly<Record<string, number>>;
  readonly outputs: readonly { readonly name: string; readonly series: Series }[];
}

/**
 * Builds an indicator from named parameters; those that are not given have their defaults.
 *
 * @throws {InputError} `indicator` for an unknown name, parameter, or value out of range.
 */
export function buildIndicator(
  name: string,
  given: Readonly<Record<string, number | string | boolean>> = {},
): BuiltIndicator {
  const entry = findIndicator(name);
  const known = (parameter: IndicatorParameter) => [parameter.name, ...parameter.aliases];
  for (const key of Object.keys(given)) {
    if (entry.parameters.some((parameter) => known(parameter).includes(key))) continue;
    const names = entry.parameters.map((parameter) => parameter.name).join(", ") || "none";
    throw new InputError("indicator", `${entry.name} has no parameter "${key}": it has ${names}`);
  }
  const values = entry.parameters.map((parameter) => {
    const key = known(parameter).find((alias) => Object.hasOwn(given, alias));
    return key === undefined ? parameter.default : checked(entry, parameter, given[key]!);
  });
  const series = entry.build(...values);
  return {
    entry,
    parameters: Object.fromEntries(entry.parameters.map((parameter, i) => [parameter.name, values[i]!])),
    outputs: entry.outputs.map((output, i) => ({ name: output.name, series: series[i]! })),
  };
}

function checked(entry: IndicatorEntry, parameter: IndicatorParameter, given: number | string | boolean): number {
  const value = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
  const fits = typeof value === "number" && value >= parameter.min && value <= parameter.max;
  if (fits && (parameter.type === "number" || Number.isInteger(value))) return value;
  const kind = parameter.type === "integer" ? "a whole number" : "a number";
  throw new InputError(
    "indicator",
    `parameter ${parameter.name} of ${entry.name} cannot be "${given}": it takes ${kind} from ${parameter.min} to ${parameter.max}`,
  );
}
