import { ROWS_PER_WORD } from "./relation.ts";
import type { Series } from "./series.ts";

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
  if (name === "and" || name === "or") {
    const left = truthOf(a), right = truthOf(b);
    if (isTold(left) && isTold(right)) return { kind: name, a: left, b: right };
  }
  return { kind: "values", node };
}

function isTold({ kind }: Truth): boolean {
  return kind === "relation" || kind === "and" || kind === "or";
}

/** Fills so many words with the bits of the rows in which a column is exactly 1, from its word `first` on. */
export function fillOnes(bits: Int32Array, values: Float64Array, first: number, words: number): void {
  bits.fill(0, 0, words);
  const row = first * ROWS_PER_WORD, rows = Math.min(words * ROWS_PER_WORD, values.length - row);
  for (let i = 0; i < rows; i++) if (values[row + i] === 1) bits[i >>> 5]! |= 1 << (i & 31);
}

/** What a comparison or a crossing is made of: where the first side is the larger, or the second; what is there to be 1. */
interface RelationParts {
  readonly larger: readonly ("a" | "b")[];
  /** Null where it is that itself; else the rows that are known and in neither, or those in which it begins. */
  readonly made: "neither" | "crossings" | null;
}

/** Every comparison and crossing: unknown is in none of them, as nothing is larger than it or smaller. */
export const RELATION_PARTS: Readonly<Record<RelationName, RelationParts>> = {
  gt: { larger: ["a"], made: null },
  lt: { larger: ["b"], made: null },
  gte: { larger: ["b"], made: "neither" },
  lte: { larger: ["a"], made: "neither" },
  eq: { larger: ["a", "b"], made: "neither" },
  crossesAbove: { larger: ["a"], made: "crossings" },
  crossesBelow: { larger: ["b"], made: "crossings" },
};
