import { InputError } from "../errors/mod.ts";
import { identityOf } from "../identity/mod.ts";
import type { ValueColumn } from "../market/mod.ts";
import { fixedLengthMs, nominalLengthMs, type Timeframe } from "../time/mod.ts";
import type { Kernel } from "./kernel.ts";
import { POINTWISE, type Pointwise } from "./pointwise.ts";

/** What a node does with its inputs. */
export type Operation =
  | { readonly kind: "candle"; readonly column: ValueColumn }
  /** When the candle closed, milliseconds since 1970. */
  | { readonly kind: "close-time" }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "pointwise"; readonly pointwise: Pointwise }
  | { readonly kind: "kernel"; readonly kernel: Kernel; readonly params: readonly number[]; readonly output: number }
  | { readonly kind: "on"; readonly timeframe: Timeframe }
  | { readonly kind: "of"; readonly symbol: string };

/** The JSON form of a node: its operation, parameters, then inputs. */
export type SeriesJson = readonly (string | number | SeriesJson)[];

/** A number where a series is expected means the same value on every candle. */
export type SeriesLike = Series | number;

const interned = new Map<string, Series>();

/**
 * An expression over candles: a frozen node, interned so that equal expressions are one object. It can speak of the
 * present and the past of closed candles; no node can express the future. Truth values are 1, 0 and NaN (unknown).
 */
export class Series {
  /** Number of this node in the process: equal numbers, equal expressions. */
  readonly id: number;
  /** For the functions of this module, which intern. */
  constructor(readonly operation: Operation, readonly inputs: readonly Series[]) {
    this.id = interned.size;
    Object.freeze(this.inputs);
    Object.freeze(this);
  }

  add(other: SeriesLike): Series {
    return pointwise(POINTWISE.add, this, other);
  }
  sub(other: SeriesLike): Series {
    return pointwise(POINTWISE.sub, this, other);
  }
  mul(other: SeriesLike): Series {
    return pointwise(POINTWISE.mul, this, other);
  }
  /** Quotient; unknown where the divisor is zero. */
  div(other: SeriesLike): Series {
    return pointwise(POINTWISE.div, this, other);
  }
  neg(): Series {
    return pointwise(POINTWISE.neg, this);
  }
  abs(): Series {
    return pointwise(POINTWISE.abs, this);
  }
  /** Square root; unknown below zero. */
  sqrt(): Series {
    return pointwise(POINTWISE.sqrt, this);
  }
  /** This series where the other one is known, else unknown. */
  given(other: Series): Series {
    return pointwise(POINTWISE.given, this, other);
  }
  min(other: SeriesLike): Series {
    return pointwise(POINTWISE.min, this, other);
  }
  max(other: SeriesLike): Series {
    return pointwise(POINTWISE.max, this, other);
  }
  gt(other: SeriesLike): Series {
    return pointwise(POINTWISE.gt, this, other);
  }
  gte(other: SeriesLike): Series {
    return pointwise(POINTWISE.gte, this, other);
  }
  lt(other: SeriesLike): Series {
    return pointwise(POINTWISE.lt, this, other);
  }
  lte(other: SeriesLike): Series {
    return pointwise(POINTWISE.lte, this, other);
  }
  eq(other: SeriesLike): Series {
    return pointwise(POINTWISE.eq, this, other);
  }
  and(other: SeriesLike): Series {
    return pointwise(POINTWISE.and, this, other);
  }
  or(other: SeriesLike): Series {
    return pointwise(POINTWISE.or, this, other);
  }
  not(): Series {
    return pointwise(POINTWISE.not, this);
  }

  /**
   * Candles of the base timeframe before the first known value, when the candles begin with a coarse one and have no
   * gaps. Months count as 31 days.
   */
  warmUpOn(base: Timeframe): number {
    const { operation, inputs } = this;
    const inner = operation.kind === "on" ? operation.timeframe : base;
    const below = inputs.reduce((most, input) => Math.max(most, input.warmUpOn(inner)), 0);
    if (operation.kind === "kernel") return below + operation.kernel.warmUp(operation.params)[operation.output]!;
    if (operation.kind !== "on") return below;
    const perBucket = Math.ceil(longestLengthMs(inner) / nominalLengthMs(base));
    return (below + 1) * perBucket - 1;
  }

  /** How a plot names it: `sma(close, 20)`. */
  get label(): string {
    return this.#label();
  }

  #label(): string {
    const { operation } = this;
    const [a = "", b = ""] = this.inputs.map((input) => input.label);
    switch (operation.kind) {
      case "candle":
        return operation.column;
      case "close-time":
        return "closeTime";
      case "constant":
        return String(operation.value);
      case "pointwise":
        return operation.pointwise.label(a, b);
      case "on":
        return `${a} on ${operation.timeframe}`;
      case "of":
        return `${a} of ${operation.symbol}`;
      case "kernel":
        return kernelLabel(operation, this.inputs);
    }
  }

  toJSON(): SeriesJson {
    return [...operationJson(this.operation), ...this.inputs.map((input) => input.toJSON())];
  }

  /** SHA-256 of the JSON form. */
  get hash(): string {
    return identityOf(this.toJSON());
  }
}

/** The JSON form of a node without its inputs. */
export function operationJson(operation: Operation): SeriesJson {
  switch (operation.kind) {
    case "candle":
      return ["candle", operation.column];
    case "close-time":
      return ["close-time"];
    case "constant":
      return ["constant", operation.value];
    case "pointwise":
      return [operation.pointwise.name];
    case "on":
      return ["on", operation.timeframe];
    case "of":
      return ["of", operation.symbol];
    case "kernel":
      return ["kernel", operation.kernel.name, operation.output, operation.params.length, ...operation.params];
  }
}

function kernelLabel(
  { kernel, params, output }: Extract<Operation, { kind: "kernel" }>,
  inputs: readonly Series[],
): string {
  const call = `${kernel.name}(${[...inputs.map((input) => input.label), ...params].join(", ")})`;
  return kernel.outputs.length === 1 ? call : `${call}.${kernel.outputs[output]}`;
}

function longestLengthMs(timeframe: Timeframe): number {
  const fixed = fixedLengthMs(timeframe);
  return fixed > 0 ? fixed : nominalLengthMs(timeframe) / 30 * 31;
}

/** The one node of that operation and those inputs. */
export function intern(operation: Operation, inputs: readonly Series[] = []): Series {
  const key = `${operationKey(operation)}(${inputs.map((input) => input.id).join(",")})`;
  let node = interned.get(key);
  if (node === undefined) interned.set(key, node = new Series(operation, inputs));
  return node;
}

function operationKey(operation: Operation): string {
  switch (operation.kind) {
    case "candle":
      return operation.column;
    case "close-time":
      return "closeTime";
    case "constant":
      return `#${Object.is(operation.value, -0) ? "-0" : operation.value}`;
    case "pointwise":
      return operation.pointwise.name;
    case "kernel":
      return `${operation.kernel.name}:${operation.output}[${operation.params.join(",")}]`;
    case "on":
      return `on:${operation.timeframe}`;
    case "of":
      return `of:${operation.symbol}`;
  }
}

/**
 * The same value on every candle.
 *
 * @throws {InputError} `series` for a value that is not finite.
 */
export function constant(value: number): Series {
  if (!Number.isFinite(value)) throw new InputError("series", `${value} is not a number that a series can have`);
  return intern({ kind: "constant", value });
}

/** A node of a number or a series. */
export function asSeries(value: SeriesLike): Series {
  return typeof value === "number" ? constant(value) : value;
}

function pointwise(operation: Pointwise, ...inputs: SeriesLike[]): Series {
  return intern({ kind: "pointwise", pointwise: operation }, inputs.map(asSeries));
}

/** A kernel applied to series, one node per output. Nodes of one call share one running kernel. */
export function applyKernel(kernel: Kernel, inputs: readonly SeriesLike[], params: readonly number[]): Series[] {
  const nodes = inputs.map(asSeries);
  return kernel.outputs.map((_, output) => intern({ kind: "kernel", kernel, params, output }, nodes));
}
