// The third evaluator: the rules of a whole parameter grid over one history.
import type { CandleColumns } from "../market/mod.ts";
import { ColumnMemory } from "./column_memory.ts";
import { ColumnScope } from "./columns.ts";
import { wordsOf } from "./relation.ts";
import type { Series } from "./series.ts";
import { onesOf, RELATION_PARTS, type Truth, truthOf } from "./truth_bits.ts";

/** Words of bits that are filled for all rules before the next ones: their rows of all columns stay in the cache. */
const BLOCK_WORDS = 32;
const COLUMN_BYTES_KEPT = 2 ** 28;

/**
 * Evaluates many rules over the same candles. A series that several of them share is computed once, and crossings are
 * looked for in blocks of rows for all rules at once. A rule fires where `evaluateColumns` has a 1, bit for bit.
 */
export class SweepEvaluator {
  readonly #scope: ColumnScope;
  /** Where its columns lie; others may lie there, too. */
  readonly memory: ColumnMemory;
  /** Columns of others in its memory. */
  readonly #kept = new Set<Float64Array>();
  readonly #sides = new Map<Series, Side>();
  readonly #words: number;
  readonly #keptBytes: number;
  readonly #row = new Float64Array(3);
  /** Bits of the last call, which the next one may have. */
  #answered: Int32Array[] = [];

  /** @param others As for `evaluateColumns`. */
  constructor(
    readonly candles: CandleColumns,
    others: ReadonlyMap<string, CandleColumns> = new Map(),
    { keptBytes = COLUMN_BYTES_KEPT, plain = false }: EvaluatorOptions = {},
  ) {
    this.memory = new ColumnMemory(candles.length, plain);
    this.#scope = new ColumnScope(candles, others, this.memory);
    this.#words = wordsOf(candles.length);
    this.#keptBytes = keptBytes;
  }

  /** Puts a column of the same rows into its memory, for as long as it lasts. */
  keep(values: Float64Array): Float64Array {
    const column = this.memory.column();
    column.set(values);
    this.#kept.add(column);
    return column;
  }

  /** Gives its memory back: nobody may use what it has answered afterwards. */
  release(): void {
    this.memory.release();
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
    this.#answered.forEach((bits) => this.memory.freeBits(bits));
    this.#answered = [];
    const orders = new Orders();
    truths.forEach((truth) => this.#collect(truth, orders));
    this.#makeRoom(orders);
    const pairs = orders.pairs().map(({ a, b, ...bits }) => ({
      a: this.#side(a).values,
      b: this.#side(b).values,
      ...bits,
    }));
    for (let from = 0; from < this.#words; from += BLOCK_WORDS) {
      const to = Math.min(from + BLOCK_WORDS, this.#words);
      for (const { a, b, bits, others } of pairs) this.memory.findLarger(bits, others, a, b, from, to);
    }
    const done = new Map<Series, Int32Array>();
    return nodes.map((node, i) => {
      let bits = done.get(node);
      if (bits === undefined) done.set(node, bits = this.#bits(truths[i]!, orders));
      return bits;
    });
  }

  #collect(truth: Truth, orders: Orders): void {
    if (truth.kind === "relation") {
      const { larger } = RELATION_PARTS[truth.name];
      if (larger.includes("a")) orders.add(truth.a, truth.b, () => this.#newBits());
      if (larger.includes("b")) orders.add(truth.b, truth.a, () => this.#newBits());
    } else if (truth.kind === "and" || truth.kind === "or") {
      this.#collect(truth.a, orders);
      this.#collect(truth.b, orders);
    }
  }

  #newBits(): Int32Array {
    const bits = this.memory.bits();
    this.#answered.push(bits);
    return bits;
  }

  #bits(truth: Truth, orders: Orders): Int32Array {
    switch (truth.kind) {
      case "never":
        return this.#newBits().fill(0);
      case "values":
        return onesOf(this.values(truth.node), this.#newBits());
      case "and":
      case "or": {
        const a = this.#bits(truth.a, orders), b = this.#bits(truth.b, orders), bits = this.#newBits();
        if (truth.kind === "and") { for (let word = 0; word < bits.length; word++) bits[word] = a[word]! & b[word]!; }
        else for (let word = 0; word < bits.length; word++) bits[word] = a[word]! | b[word]!;
        return bits;
      }
      case "relation":
        return this.#relation(truth, orders);
    }
  }

  #relation({ name, node, a, b }: Extract<Truth, { kind: "relation" }>, orders: Orders): Int32Array {
    const left = this.#side(a), right = this.#side(b), { larger, made } = RELATION_PARTS[name];
    if (!left.isPlain || !right.isPlain) return onesOf(this.values(node), this.#newBits());
    const found = larger.map((own) => own === "a" ? orders.of(a, b) : orders.of(b, a));
    if (made === null) return found[0]!;
    const bits = this.#newBits();
    if (made === "crossings") this.memory.findCrossings(bits, left.known, right.known, found[0]!);
    else this.memory.findNeither(bits, left.known, right.known, found[0]!, found[1] ?? found[0]!);
    return bits;
  }

  #side(node: Series): Side {
    let side = this.#sides.get(node);
    if (side === undefined) {
      const own = this.values(node), values = this.memory.has(own) ? own : this.memory.column();
      if (values !== own) values.set(own);
      this.#sides.set(node, side = { values, ...this.memory.known(values) });
    }
    return side;
  }

  /** Columns of earlier rules that these do not need are let go once there are many. */
  #makeRoom(orders: Orders): void {
    if (this.#sides.size * this.candles.length * 8 <= this.#keptBytes) return;
    const keep = new Set(orders.all.flatMap(({ a, b }) => [a, b]));
    for (const [node, { known }] of this.#sides) {
      if (keep.has(node)) continue;
      this.memory.freeBits(known);
      this.#sides.delete(node);
    }
    const columns = new Set(this.#scope.forget(keep));
    for (const { values } of this.#sides.values()) columns.add(values);
    for (const own of this.#kept) columns.add(own);
    this.memory.keep(columns);
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

/** Pairs of series of which is asked where the first is the larger, each once. */
class Orders {
  readonly all: { readonly a: Series; readonly b: Series; readonly bits: Int32Array }[] = [];
  readonly #byKey = new Map<string, Int32Array>();

  add(a: Series, b: Series, newBits: () => Int32Array): void {
    const key = keyOf(a, b);
    if (this.#byKey.has(key)) return;
    const bits = newBits();
    this.#byKey.set(key, bits);
    this.all.push({ a, b, bits });
  }

  /** Each pair once, with the bits of both orders where both are asked for. */
  pairs(): { readonly a: Series; readonly b: Series; readonly bits: Int32Array; readonly others: Int32Array | null }[] {
    const done = new Set<Int32Array>();
    return this.all.flatMap(({ a, b, bits }) => {
      if (done.has(bits)) return [];
      const others = this.#byKey.get(keyOf(b, a)) ?? null;
      if (others !== null) done.add(others);
      return [{ a, b, bits, others }];
    });
  }

  of(a: Series, b: Series): Int32Array {
    return this.#byKey.get(keyOf(a, b))!;
  }
}

function keyOf(a: Series, b: Series): string {
  return `${a.id},${b.id}`;
}
