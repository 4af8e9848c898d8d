/**
 * A function of the values of one candle, without memory. It sees unknown inputs (NaN) and says itself what comes of
 * them; whatever is not finite counts as unknown.
 */
export interface Pointwise {
  readonly name: string;
  readonly inputs: number;
  /** How it is written in a label, with `a` and `b` for the inputs' labels. */
  label(a: string, b: string): string;
  of(a: number, b: number): number;
}

const known = (value: number) => value - value === 0 ? value : NaN;
const truth = (value: boolean) => value ? 1 : 0;

/** 1, 0, or unknown where a side is unknown. */
const comparison = (name: string, sign: string, compare: (a: number, b: number) => boolean): Pointwise => ({
  name,
  inputs: 2,
  label: (a, b) => `${a} ${sign} ${b}`,
  of: (a, b) => a !== a || b !== b ? NaN : truth(compare(a, b)),
});

const infix = (name: string, sign: string, of: (a: number, b: number) => number): Pointwise => ({
  name,
  inputs: 2,
  label: (a, b) => `(${a} ${sign} ${b})`,
  of,
});

const named = (name: string, inputs: number, of: (a: number, b: number) => number): Pointwise => ({
  name,
  inputs,
  label: (a, b) => inputs === 1 ? `${name}(${a})` : `${name}(${a}, ${b})`,
  of,
});

/** Every pointwise operation, by name. Only + − × ÷ √, which all machines compute alike. */
export const POINTWISE = {
  add: infix("add", "+", (a, b) => known(a + b)),
  sub: infix("sub", "−", (a, b) => known(a - b)),
  mul: infix("mul", "×", (a, b) => known(a * b)),
  /** Division by zero is unknown. */
  div: infix("div", "÷", (a, b) => known(a / b)),
  neg: named("neg", 1, (a) => -a),
  abs: named("abs", 1, (a) => Math.abs(a)),
  sqrt: named("sqrt", 1, (a) => Math.sqrt(a)),
  /** The first where the second is known, else unknown. */
  given: named("given", 2, (a, b) => b !== b ? NaN : a),
  min: named("min", 2, (a, b) => Math.min(a, b)),
  max: named("max", 2, (a, b) => Math.max(a, b)),
  gt: comparison("gt", ">", (a, b) => a > b),
  gte: comparison("gte", "≥", (a, b) => a >= b),
  lt: comparison("lt", "<", (a, b) => a < b),
  lte: comparison("lte", "≤", (a, b) => a <= b),
  eq: comparison("eq", "=", (a, b) => a === b),
  /** Kleene's logic: false and unknown is false, true and unknown is unknown. Everything but 0 is true. */
  and: infix("and", "and", (a, b) => a === 0 || b === 0 ? 0 : a !== a || b !== b ? NaN : 1),
  or: infix("or", "or", (a, b) => (a === a && a !== 0) || (b === b && b !== 0) ? 1 : a !== a || b !== b ? NaN : 0),
  not: named("not", 1, (a) => a !== a ? NaN : truth(a === 0)),
} as const satisfies Record<string, Pointwise>;
