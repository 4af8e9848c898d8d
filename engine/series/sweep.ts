// The third evaluator: the rules of a whole parameter grid over one history.
import type { CandleColumns } from "../market/mod.ts";
import { ColumnMemory } from "./column_memory.ts";
import { ColumnScope } from "./columns.ts";
import { type Relation, wordsOf } from "./relation.ts";
import type { Series } from "./series.ts";
import { onesOf, relationBits, type Truth, truthOf } from "./truth_bits.ts";

/** Words of bits that are filled for all rules before the next ones: their rows of all columns stay in the cache. */
const BLOCK_WORDS = 32;
const COLUMN_BYTES_KEPT = 2 ** 28;

/**
 * Evaluates many rules over the same candles. A series that several of them share is computed once, and crossings are
 * looked for in blocks of rows for all rules at once. A rule fires where `evaluateColumns` has a 1, bit for bit.
 */
export class SweepEvaluator {
  readonly #scope: ColumnScope;
  readonly #memory: ColumnMemory;
  readonly #sides = new Map<Series, Side>();
  readonly #words: number;
  readonly #keptBytes: number;
  readonly #row = new Float64Array(3);
  /** Relations of the last call, whose words the next one may have. */
  #relations = new Relations();

  /** @param others As for `evaluateColumns`. */
  constructor(
    readonly candles: CandleColumns,
    others: ReadonlyMap<string, CandleColumns> = new Map(),
    { keptBytes = COLUMN_BYTES_KEPT, plain = false }: EvaluatorOptions = {},
  ) {
    this.#memory = new ColumnMemory(candles.length, plain);
    this.#scope = new ColumnScope(candles, others, () => this.#memory.column());
    this.#words = wordsOf(candles.length);
    this.#keptBytes = keptBytes;
  }

  /** Gives its memory back: nobody may use what it has answered afterwards. */
  release(): void {
    this.#memory.release();
  }

  /** The values of a series, as `evaluateColumns` gives them. */
  values(node: Series): Float64Array {
    return this.#scope.values(node);
  }

  /**
   * The value of a series in one row. What is computed candle by candle from others is computed for this row alone, so that
   * a grid of distances needs no column for each.
   */
  valueAt(node: Series, row: number): number {
    const { operation, inputs } = node;
    if (operation.kind === "constant") return operation.value;
    if (operation.kind !== "pointwise") return this.values(node)[row]!;
    const a = this.valueAt(inputs[0]!, row), b = inputs.length > 1 ? this.valueAt(inputs[1]!, row) : a;
    const own = this.#row;
    own[1] = a;
    own[2] = b;
    operation.pointwise.set(own, 0, own, 1, own, 2);
    return own[0]!;
  }

  /**
   * For each series the rows in which it is 1, as bits, row 0 in the lowest. They hold until the next call, and nobody may
   * change them: rules share what they have in common.
   */
  truths(nodes: readonly Series[]): Int32Array[] {
    const truths = nodes.map(truthOf);
    for (const { relation: { above, below } } of this.#relations.all) {
      this.#memory.freeBits(above);
      this.#memory.freeBits(below);
    }
    const relations = this.#relations = new Relations();
    truths.forEach((truth) => this.#collect(truth, relations));
    this.#makeRoom(relations);
    const pairs = relations.all.map(({ a, b, relation }) => ({
      left: this.#side(a).values,
      right: this.#side(b).values,
      relation,
    }));
    for (let from = 0; from < this.#words; from += BLOCK_WORDS) {
      const to = Math.min(from + BLOCK_WORDS, this.#words);
      for (const { left, right, relation } of pairs) this.#memory.relate(relation, left, right, from, to);
    }
    const done = new Map<Series, Int32Array>();
    return nodes.map((node, i) => {
      let bits = done.get(node);
      if (bits === undefined) done.set(node, bits = this.#bits(truths[i]!, relations));
      return bits;
    });
  }

  #collect(truth: Truth, relations: Relations): void {
    if (truth.kind === "relation") relations.add(truth.a, truth.b, this.#memory);
    else if (truth.kind === "and" || truth.kind === "or") {
      this.#collect(truth.a, relations);
      this.#collect(truth.b, relations);
    }
  }

  #bits(truth: Truth, relations: Relations): Int32Array {
    switch (truth.kind) {
      case "never":
        return new Int32Array(this.#words);
      case "values":
        return onesOf(this.values(truth.node), this.#words);
      case "and":
      case "or": {
        const a = this.#bits(truth.a, relations), b = this.#bits(truth.b, relations);
        return truth.kind === "and" ? a.map((bits, word) => bits & b[word]!) : a.map((bits, word) => bits | b[word]!);
      }
      case "relation": {
        const a = this.#side(truth.a), b = this.#side(truth.b);
        if (!a.isPlain || !b.isPlain) return onesOf(this.values(truth.node), this.#words);
        return relationBits(truth.name, relations.of(truth.a, truth.b), a.known, b.known);
      }
    }
  }

  #side(node: Series): Side {
    let side = this.#sides.get(node);
    if (side === undefined) {
      const own = this.values(node), values = this.#memory.has(own) ? own : this.#memory.column();
      if (values !== own) values.set(own);
      this.#sides.set(node, side = { values, ...this.#memory.known(values) });
    }
    return side;
  }

  /** Columns of earlier rules that these do not need are let go once there are many. */
  #makeRoom(relations: Relations): void {
    if (this.#sides.size * this.candles.length * 8 <= this.#keptBytes) return;
    const keep = new Set(relations.all.flatMap(({ a, b }) => [a, b]));
    for (const [node, { known }] of this.#sides) {
      if (keep.has(node)) continue;
      this.#memory.freeBits(known);
      this.#sides.delete(node);
    }
    const columns = new Set(this.#scope.forget(keep));
    for (const { values } of this.#sides.values()) columns.add(values);
    this.#memory.keep(columns);
  }
}

/** A column that is compared with others. */
interface Side {
  readonly values: Float64Array;
  /** Bits of the rows whose values are finite. */
  readonly known: Int32Array;
  /** True when all that is not finite is NaN. */
  readonly isPlain: boolean;
}

/** How an evaluator works; its answers are the same. */
export interface EvaluatorOptions {
  /** How large the columns may become together before those are let go that the next rules do not need. */
  readonly keptBytes?: number;
  /** True: without WebAssembly. */
  readonly plain?: boolean;
}

/** Pairs of series whose order is asked for, each once. */
class Relations {
  readonly all: { readonly a: Series; readonly b: Series; readonly relation: Relation }[] = [];
  readonly #byKey = new Map<string, Relation>();

  add(a: Series, b: Series, memory: ColumnMemory): void {
    if (this.#byKey.has(keyOf(a, b))) return;
    const relation = { above: memory.bits(), below: memory.bits() };
    this.#byKey.set(keyOf(a, b), relation);
    // The other way round it is the same one, mirrored.
    if (a !== b) this.#byKey.set(keyOf(b, a), { above: relation.below, below: relation.above });
    this.all.push({ a, b, relation });
  }

  of(a: Series, b: Series): Relation {
    return this.#byKey.get(keyOf(a, b))!;
  }
}

function keyOf(a: Series, b: Series): string {
  return `${a.id},${b.id}`;
}
