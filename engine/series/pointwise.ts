/**
 * A function of the values of one candle, without memory. It sees unknown inputs (NaN) and says itself what comes of
 * them; whatever is not finite counts as unknown.
 */
export interface Pointwise {
  readonly name: string;
  readonly inputs: number;
  /** How it is written in a label, with `a` and `b` for the inputs' labels. */
  label(a: string, b: string): string;
  /** Puts into `out[o]` what comes of `a[i]` and `b[j]`. In arrays: numbers as arguments would each cost a box. */
  set: (out: Float64Array, o: number, a: Float64Array, i: number, b: Float64Array, j: number) => void;
}

const known = (value: number) => value - value === 0 ? value : NaN;

type Set = Pointwise["set"];

const infix = (name: string, sign: string, set: Set): Pointwise => ({
  name,
  inputs: 2,
  label: (a, b) => `(${a} ${sign} ${b})`,
  set,
});

const named = (name: string, inputs: number, set: Set): Pointwise => ({
  name,
  inputs,
  label: (a, b) => inputs === 1 ? `${name}(${a})` : `${name}(${a}, ${b})`,
  set,
});

/** 1, 0, or unknown where a side is unknown. */
const comparison = (name: string, sign: string, set: Set): Pointwise => ({
  name,
  inputs: 2,
  label: (a, b) => `${a} ${sign} ${b}`,
  set,
});
const unknown = (a: number, b: number) => a !== a || b !== b;
const truth = (value: boolean) => value ? 1 : 0;

/** Every pointwise operation, by name. Only + − × ÷ √, which all machines compute alike. */
export const POINTWISE = {
  add: infix("add", "+", (out, o, a, i, b, j) => out[o] = known(a[i]! + b[j]!)),
  sub: infix("sub", "−", (out, o, a, i, b, j) => out[o] = known(a[i]! - b[j]!)),
  mul: infix("mul", "×", (out, o, a, i, b, j) => out[o] = known(a[i]! * b[j]!)),
  /** Division by zero is unknown. */
  div: infix("div", "÷", (out, o, a, i, b, j) => out[o] = known(a[i]! / b[j]!)),
  neg: named("neg", 1, (out, o, a, i) => out[o] = -a[i]!),
  abs: named("abs", 1, (out, o, a, i) => out[o] = Math.abs(a[i]!)),
  sqrt: named("sqrt", 1, (out, o, a, i) => out[o] = Math.sqrt(a[i]!)),
  /** The first where the second is known, else unknown. */
  given: named("given", 2, (out, o, a, i, b, j) => out[o] = unknown(b[j]!, b[j]!) ? NaN : a[i]!),
  min: named("min", 2, (out, o, a, i, b, j) => out[o] = Math.min(a[i]!, b[j]!)),
  max: named("max", 2, (out, o, a, i, b, j) => out[o] = Math.max(a[i]!, b[j]!)),
  gt: comparison("gt", ">", (out, o, a, i, b, j) => out[o] = unknown(a[i]!, b[j]!) ? NaN : truth(a[i]! > b[j]!)),
  gte: comparison("gte", "≥", (out, o, a, i, b, j) => out[o] = unknown(a[i]!, b[j]!) ? NaN : truth(a[i]! >= b[j]!)),
  lt: comparison("lt", "<", (out, o, a, i, b, j) => out[o] = unknown(a[i]!, b[j]!) ? NaN : truth(a[i]! < b[j]!)),
  lte: comparison("lte", "≤", (out, o, a, i, b, j) => out[o] = unknown(a[i]!, b[j]!) ? NaN : truth(a[i]! <= b[j]!)),
  eq: comparison("eq", "=", (out, o, a, i, b, j) => out[o] = unknown(a[i]!, b[j]!) ? NaN : truth(a[i]! === b[j]!)),
  /** Kleene's logic: false and unknown is false, true and unknown is unknown. Everything but 0 is true. */
  and: infix("and", "and", (out, o, a, i, b, j) => {
    out[o] = a[i] === 0 || b[j] === 0 ? 0 : unknown(a[i]!, b[j]!) ? NaN : 1;
  }),
  or: infix("or", "or", (out, o, a, i, b, j) => {
    const left = a[i]!, right = b[j]!;
    out[o] = (left === left && left !== 0) || (right === right && right !== 0) ? 1 : unknown(left, right) ? NaN : 0;
  }),
  not: named("not", 1, (out, o, a, i) => out[o] = unknown(a[i]!, a[i]!) ? NaN : truth(a[i] === 0)),
} as const satisfies Record<string, Pointwise>;
