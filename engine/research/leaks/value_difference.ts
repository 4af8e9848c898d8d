// When two values are not the same: beyond what rounding may do.

/** Differences within this share of a value, or of the spread of its column, are those of rounding. */
const OF_VALUE = 1e-9, OF_SPREAD = 1e-5;

/** How much a column's values may differ by rounding alone: by their spread, robust against few large ones. */
export function roundingOf(values: Float64Array): number {
  const known = values.filter((value) => value - value === 0).sort();
  if (known.length < 2) return 0;
  const at = (share: number) => known[Math.floor(share * (known.length - 1))]!;
  const middle = at(0.75) - at(0.25);
  // Of a column that is mostly one value, the few others say how far apart its values are.
  const spread = middle > 0 ? middle : deviationOf(known);
  return spread * OF_SPREAD;
}

function deviationOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length);
}

/** True where values differ by more than rounding; unknown and unknown are equal. */
export function differs(a: number, b: number, rounding: number): boolean {
  if (a === b) return false;
  const apart = Math.abs(a - b);
  if (apart - apart !== 0) return !(Number.isNaN(a) && Number.isNaN(b));
  return apart > rounding + OF_VALUE * Math.max(Math.abs(a), Math.abs(b));
}

/** A place within a fitted value at which two of them differ. */
export interface FittedDifference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** First difference of two values of any shape; functions are taken as equal. */
export function firstDifference(a: unknown, b: unknown, path = ""): FittedDifference | null {
  if (typeof a === "number" && typeof b === "number") {
    return differs(a, b, 1e-9) ? { path, before: a, after: b } : null;
  }
  if (typeof a === "function" && typeof b === "function") return null;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return Object.is(a, b) ? null : { path, before: a, after: b };
  }
  if (a instanceof Map && b instanceof Map) return firstDifference([...a], [...b], path);
  if (a instanceof Set && b instanceof Set) return firstDifference([...a], [...b], path);
  const own = Object.entries(a), names = new Set([...own.map(([name]) => name), ...Object.keys(b)]);
  for (const name of names) {
    const [before, after] = [(a as never)[name], (b as never)[name]];
    const found = firstDifference(before, after, path === "" ? name : `${path}.${name}`);
    if (found !== null) return found;
  }
  return null;
}

/** True where a value holds a function, whose behaviour cannot be seen from outside. */
export function holdsFunction(value: unknown): boolean {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  if (Object.getPrototypeOf(value) !== Object.prototype && !Array.isArray(value)) return true;
  return Object.values(value).some(holdsFunction);
}

const ASKED = /^(predict|transform|apply|score|encode|scale|forward|decide|evaluate)/i;
const QUESTIONS: readonly unknown[][] = [[0], [1], [-0.01], [[0.01, -0.02, 1]], [[[1, 0.5], [-1, 2]]], ["a"]];

/** What the functions of a learned value answer to a few questions, where they can. */
export function answersOf(value: unknown): unknown[] {
  const functions: [unknown, (...given: unknown[]) => unknown][] = [];
  if (typeof value === "function") functions.push([undefined, value as (...given: unknown[]) => unknown]);
  else if (typeof value === "object" && value !== null) {
    const names = new Set([...Object.keys(value), ...Object.getOwnPropertyNames(Object.getPrototypeOf(value) ?? {})]);
    for (const name of names) {
      if (!ASKED.test(name)) continue;
      const own = (value as Record<string, unknown>)[name];
      if (typeof own === "function") functions.push([value, own as (...given: unknown[]) => unknown]);
    }
  }
  return functions.flatMap(([owner, own]) =>
    QUESTIONS.map((given) => {
      try {
        return own.apply(owner, given);
      } catch {
        return null; // It takes something else.
      }
    })
  );
}
