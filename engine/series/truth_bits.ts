import type { Series } from "./series.ts";
import type { Relation } from "./relation.ts";

/** How the value of a series can be told to be 1 from which of two others is the larger; or how else. */
export type Truth =
  | {
    readonly kind: "relation";
    readonly name: RelationName;
    readonly node: Series;
    readonly a: Series;
    readonly b: Series;
  }
  | { readonly kind: "and" | "or"; readonly a: Truth; readonly b: Truth }
  | { readonly kind: "never" }
  /** By the values themselves. */
  | { readonly kind: "values"; readonly node: Series };

const RELATIONS = ["gt", "gte", "lt", "lte", "eq", "crossesAbove", "crossesBelow"] as const;
export type RelationName = typeof RELATIONS[number];

/** How to tell in which rows a series is 1. */
export function truthOf(node: Series): Truth {
  const { operation, inputs } = node, [a, b] = inputs as [Series, Series];
  if (operation.kind === "constant" && operation.value !== 1) return { kind: "never" };
  const name = operation.kind === "pointwise"
    ? operation.pointwise.name
    : operation.kind === "kernel"
    ? operation.kernel.name
    : "";
  const relation = RELATIONS.find((own) => own === name);
  if (relation !== undefined) return { kind: "relation", name: relation, node, a, b };
  // Both sides are 0, 1 or unknown: then the result is 1 where both are, or any of them.
  if ((name === "and" || name === "or") && isTruth(a) && isTruth(b)) {
    return { kind: name, a: truthOf(a), b: truthOf(b) };
  }
  return { kind: "values", node };
}

function isTruth(node: Series): boolean {
  const truth = truthOf(node);
  return truth.kind === "relation" || truth.kind === "and" || truth.kind === "or";
}

/** The rows in which a column is exactly 1. */
export function onesOf(values: Float64Array, words: number): Int32Array {
  const bits = new Int32Array(words);
  for (let row = 0; row < values.length; row++) if (values[row] === 1) bits[row >>> 5]! |= 1 << (row & 31);
  return bits;
}

/** The rows in which a comparison or a crossing is 1. `known` and `otherKnown` have the rows in which the two sides are. */
export function relationBits(
  name: RelationName,
  { above, below }: Relation,
  known: Int32Array,
  otherKnown: Int32Array,
): Int32Array {
  switch (name) {
    case "gt":
      return above;
    case "lt":
      return below;
    case "gte":
      return knownWithout(below, known, otherKnown);
    case "lte":
      return knownWithout(above, known, otherKnown);
    case "eq":
      return knownWithout(above, knownWithout(below, known, otherKnown), otherKnown);
    case "crossesAbove":
      return crossings(above, known, otherKnown);
    case "crossesBelow":
      return crossings(below, known, otherKnown);
  }
}

function knownWithout(bits: Int32Array, known: Int32Array, otherKnown: Int32Array): Int32Array {
  const result = new Int32Array(bits.length);
  for (let word = 0; word < result.length; word++) result[word] = known[word]! & otherKnown[word]! & ~bits[word]!;
  return result;
}

/** Rows that are beyond, whose row before is known and not beyond. */
function crossings(beyond: Int32Array, known: Int32Array, otherKnown: Int32Array): Int32Array {
  const bits = new Int32Array(beyond.length);
  for (let word = 0, carried = 0; word < bits.length; word++) {
    const before = known[word]! & otherKnown[word]! & ~beyond[word]!;
    bits[word] = beyond[word]! & (before << 1 | carried);
    carried = before >>> 31;
  }
  return bits;
}
