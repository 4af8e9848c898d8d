// The third evaluator: the rules of a whole parameter grid over one history.
import type { CandleColumns } from "../market/mod.ts";
import { BitSteps } from "./bit_steps.ts";
import { ColumnMemory, type ColumnStretch, type ComparedColumns, type MovingStretch } from "./column_memory.ts";
import { ColumnScope, type ColumnStretcher } from "./columns.ts";
import { ROWS_PER_WORD, wordsOf } from "./relation.ts";
import type { Series } from "./series.ts";
import { fillOnes, RELATION_PARTS, type Truth, truthOf } from "./truth_bits.ts";

const COLUMN_BYTES_KEPT = 2 ** 28;
/** Most series that threads have in common, each with two places in their directory. */
const MOST_COMMON = 400, COMMON_BYTES = 2 ** 30;
/** Columns that are larger together leave the cache between one call and the next. */
const CACHED_BYTES = 2 ** 22;

/**
 * Evaluates many rules over the same candles. A series that several of them share is computed once, and crossings are
 * looked for in blocks of rows for all rules at once. A rule fires where `evaluateColumns` has a 1, bit for bit.
 */
export class SweepEvaluator {
  readonly #scope: ColumnScope;
  /** Where its columns lie; others may lie there, too. */
  readonly memory: ColumnMemory;
  readonly #sides = new Map<Series, Side>();
  readonly #words: number;
  readonly #keptBytes: number;
  readonly #cachedBytes: number;
  readonly #mostCommon: number;
  readonly #row = new Float64Array(3);
  /** Bits and windows of the last call, which the next one may have. */
  #answered: Int32Array[] = [];
  #moving = new Map<Series, MovingSide>();
  #compared: ComparedColumns = { fill: () => {}, release: () => {} };
  #steps: BitSteps;

  /** @param others As for `evaluateColumns`. */
  constructor(
    readonly candles: CandleColumns,
    others: ReadonlyMap<string, CandleColumns> = new Map(),
    { keptBytes = COLUMN_BYTES_KEPT, cachedBytes = CACHED_BYTES, plain = false, common = null }: EvaluatorOptions = {},
  ) {
    this.memory = new ColumnMemory(candles.length, plain, common);
    this.#steps = new BitSteps(this.memory);
    this.#scope = new ColumnScope(candles, others, this.memory);
    this.#words = wordsOf(candles.length);
    this.#keptBytes = keptBytes;
    this.#cachedBytes = cachedBytes;
    this.#mostCommon = Math.min(COMMON_BYTES / (candles.length * 8), MOST_COMMON);
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
    const { bits, fill } = this.window(nodes, this.#words);
    fill(0);
    return bits;
  }

  /** The same for so many words of rows at a time, so that memory does not grow with the history. */
  window(nodes: readonly Series[], words: number): TruthWindow {
    this.#answered.forEach((bits) => this.memory.freeBits(bits));
    this.#answered = [];
    this.#steps.release();
    const truths = nodes.map(truthOf), orders = new Orders(), steps = this.#steps = new BitSteps(this.memory);
    const plan: WindowPlan = { orders, words, steps };
    truths.forEach((truth) => this.#collect(truth, plan));
    this.#makeRoom(orders);
    this.#moving = this.#movingSides(plan);
    this.#compared.release();
    const compared = this.#compared = this.memory.comparison(
      orders.pairs().map(({ a, b, ...bits }) => ({ a: this.#side(a), b: this.#side(b), ...bits })),
    );
    const done = new Map<Series, Int32Array>();
    const bits = nodes.map((node, i) => {
      let own = done.get(node);
      if (own === undefined) done.set(node, own = this.#bits(truths[i]!, plan));
      return own;
    });
    const fill = (first: number) => {
      const filled = Math.min(words, this.#words - first);
      for (const side of this.#moving.values()) side.move(first, filled);
      compared.fill(first, filled);
      steps.run(first, filled);
    };
    return { bits, fill };
  }

  #collect(truth: Truth, plan: WindowPlan): void {
    if (truth.kind === "relation") {
      const { larger } = RELATION_PARTS[truth.name];
      if (larger.includes("a")) plan.orders.add(truth.a, truth.b, () => this.#newBits(plan));
      if (larger.includes("b")) plan.orders.add(truth.b, truth.a, () => this.#newBits(plan));
    } else if (truth.kind === "and" || truth.kind === "or") {
      this.#collect(truth.a, plan);
      this.#collect(truth.b, plan);
    }
  }

  /** Words that hold until the next call. */
  #newBits({ words }: Pick<WindowPlan, "words">): Int32Array {
    const bits = this.memory.bits(words);
    this.#answered.push(bits);
    return bits;
  }

  #bits(truth: Truth, plan: WindowPlan): Int32Array {
    switch (truth.kind) {
      case "never":
        return this.#newBits(plan).fill(0);
      case "values":
        return this.#ones(truth.node, plan);
      case "and":
      case "or": {
        const a = this.#bits(truth.a, plan), b = this.#bits(truth.b, plan), bits = this.#newBits(plan);
        if (truth.kind === "and") plan.steps.both(bits, a, b);
        else plan.steps.either(bits, a, b);
        return bits;
      }
      case "relation":
        return this.#relation(truth, plan);
    }
  }

  #ones(node: Series, plan: WindowPlan): Int32Array {
    const values = this.values(node), bits = this.#newBits(plan);
    plan.steps.other((first, words) => fillOnes(bits, values, first, words));
    return bits;
  }

  #relation({ name, node, a, b }: Extract<Truth, { kind: "relation" }>, plan: WindowPlan): Int32Array {
    const left = this.#side(a), right = this.#side(b), { larger, made } = RELATION_PARTS[name];
    if (!left.isPlain || !right.isPlain) return this.#ones(node, plan);
    const found = larger.map((own) => own === "a" ? plan.orders.of(a, b) : plan.orders.of(b, a));
    if (made === null) return found[0]!;
    const bits = this.#newBits(plan), known = { a: left, b: right }, [one, other = found[0]!] = found;
    if (made === "crossings") plan.steps.crossings(bits, known, one!);
    else plan.steps.neither(bits, known, one!, other);
    return bits;
  }

  /**
   * Columns of which each window is computed when it comes: what many pairs share is then compared before it has left the cache.
   * Where few do and the columns can be kept, or all of them stay in the cache, they are computed once instead.
   */
  #movingSides({ orders, words }: WindowPlan): Map<Series, MovingSide> {
    const nodes = new Set(orders.all.flatMap(({ a, b }) => [a, b])), moving = new Map<Series, MovingSide>();
    const { candles: { length } } = this;
    const bytes = nodes.size * length * 8, isShared = 2 * nodes.size <= orders.all.length;
    if (words >= this.#words || bytes < this.#cachedBytes || !isShared && bytes <= this.#keptBytes) return moving;
    for (const node of nodes) {
      const stretcher = this.#sides.has(node) ? null : this.#scope.stretchOf(node);
      if (stretcher === null) continue;
      const room = this.#newBits({ words: 3 * ROWS_PER_WORD * words }), known = this.#newBits({ words });
      moving.set(node, new MovingSide(stretcher, room, known, length, this.memory));
    }
    return moving;
  }

  #side(node: Series): Side {
    let side: Side | undefined = this.#moving.get(node) ?? this.#sides.get(node);
    if (side === undefined) {
      side = this.memory.isCommon && this.#sides.size < this.#mostCommon ? this.#commonSide(node) : this.#newSide(node);
      this.#sides.set(node, side);
    }
    return side;
  }

  #newSide(node: Series): Side {
    const own = this.values(node), values = this.memory.has(own) ? own : this.memory.column();
    if (values !== own) values.set(own);
    const known = this.memory.bits(this.#words);
    return { ...WHOLE, values, known, isPlain: this.memory.findKnown(known, values), isCommon: false };
  }

  /** What is computed by the first thread that asks for it. The columns that it is computed from are that thread's own. */
  #commonSide(node: Series): Side {
    const { memory } = this, name = `series: ${node.hash}`;
    const values = memory.lastingColumn(name, () => this.values(node));
    // The bits, and in a last word whether they tell all.
    const all = memory.lasting(`${name} known`, Math.ceil((this.#words + 1) / 2), (numbers) => {
      const words = new Int32Array(numbers.buffer, numbers.byteOffset, this.#words + 1);
      words[this.#words] = memory.findKnown(words.subarray(0, this.#words), values) ? 1 : 0;
    });
    const words = new Int32Array(all.buffer, all.byteOffset, this.#words + 1);
    const known = words.subarray(0, this.#words), isPlain = words[this.#words] === 1;
    return { ...WHOLE, values, known, isPlain, isCommon: true };
  }

  /** Columns of earlier rules that these do not need are let go once there are many. */
  #makeRoom(orders: Orders): void {
    if (this.#sides.size * this.candles.length * 8 <= this.#keptBytes) return;
    const keep = new Set(orders.all.flatMap(({ a, b }) => [a, b]));
    for (const [node, { known, isCommon }] of this.#sides) {
      if (keep.has(node) || isCommon) continue;
      this.memory.freeBits(known);
      this.#sides.delete(node);
    }
    const columns = new Set(this.#scope.forget(keep));
    for (const { values } of this.#sides.values()) columns.add(values);
    this.memory.keep(columns);
  }
}

/** Bits of series over some rows. */
export interface TruthWindow {
  /** For each series the rows in which it is 1, as words. */
  readonly bits: Int32Array[];
  /**
   * Fills them from a word of the rows on. A crossing in the first row of it is not seen, as the row before is in no word: let
   * windows overlap by one.
   */
  readonly fill: (firstWord: number) => void;
}

/** What a window is filled with. */
interface WindowPlan {
  readonly orders: Orders;
  readonly words: number;
  /** In the order in which one needs another. */
  readonly steps: BitSteps;
}

/** A column that is compared with others. */
interface Side extends ColumnStretch {
  /** True when all that is not finite is NaN. */
  readonly isPlain: boolean;
  /** True of one that other threads have, too: it stays. */
  readonly isCommon: boolean;
}

const WHOLE = { firstWord: 0, moving: null };

/** What a window shows of a column of which only that is there. */
class MovingSide implements Side, MovingStretch {
  readonly values: Float64Array;
  readonly singles: Float32Array;
  firstWord = 0;
  isKnown = false;
  readonly isPlain = true;
  readonly isCommon = false;
  #isFull = false;

  /**
   * @param room Three words for each row of a window.
   * @param rows Of the whole column.
   */
  constructor(
    readonly stretcher: ColumnStretcher,
    room: Int32Array,
    readonly known: Int32Array,
    readonly rows: number,
    readonly memory: ColumnMemory,
  ) {
    this.values = new Float64Array(room.buffer, room.byteOffset, room.length / 3);
    this.singles = new Float32Array(room.buffer, room.byteOffset + this.values.byteLength, room.length / 3);
  }

  get moving(): MovingStretch {
    return this;
  }

  move(firstWord: number, words: number): void {
    const { stretcher, values, known, rows } = this, from = firstWord * ROWS_PER_WORD;
    const end = Math.min(from + words * ROWS_PER_WORD, rows),
      start = Math.min(Math.max(stretcher.knownFrom, from), end);
    this.firstWord = firstWord;
    stretcher.fill(from, end, values);
    const isFull = start === from && end - from === values.length;
    // What a full window leaves is right for the next full one.
    if (!isFull || !this.#isFull) {
      values.fill(0, end - from);
      known.fill(0);
      setBits(known, start - from, end - from);
    }
    this.#isFull = isFull;
    this.isKnown = start === from;
    if (this.isKnown) this.memory.findSingles(this.singles, values);
  }
}

/** Sets the bits of rows `from` … `to` (not included). */
function setBits(bits: Int32Array, from: number, to: number): void {
  if (from >= to) return;
  const first = from >>> 5, last = (to - 1) >>> 5;
  bits.fill(-1, first, last + 1);
  bits[first]! &= -1 << (from & 31);
  bits[last]! &= -1 >>> (31 - (to - 1 & 31));
}

/** How an evaluator works; its answers are the same. */
export interface EvaluatorOptions {
  /** How large the columns may become together before those are let go that the next rules do not need. */
  readonly keptBytes?: number;
  /** How large they may be together before those that many pairs share are computed window by window. */
  readonly cachedBytes?: number;
  /** True: without WebAssembly. */
  readonly plain?: boolean;
  /** A memory in which other threads evaluate rules over the same candles: what they share is computed once for all. */
  readonly common?: WebAssembly.Memory | null;
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
