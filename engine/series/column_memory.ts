// Where the columns of a sweep lie, and who compares them: in the memory of a small WebAssembly module, 16 rows at a time;
// where there is none, in plain arrays, row by row, with the same bits.
import { fillCrossings, fillKnown, fillLarger, fillNeither, ROWS_PER_WORD, wordsOf } from "./relation.ts";
import { RELATION_WASM } from "./relation_wasm.ts";

interface Kernels {
  findLarger(a: number, b: number, words: number, bits: number): void;
  findBoth(a: number, b: number, words: number, bits: number, others: number): void;
  findNeither(known: number, other: number, a: number, b: number, words: number, bits: number): void;
  findCrossings(known: number, other: number, larger: number, words: number, bits: number): void;
  findKnown(a: number, words: number, known: number): number;
}

const PAGE_BYTES = 65_536, MOST_PAGES = 65_536;
const MOST_SPARE_BYTES = 2 ** 28;
/** The module keeps nothing of its own below this. */
const FIRST_BYTE = 1_024;

const compiled = new Map<string, WebAssembly.Module | null>();
/** Memory that nobody uses any more, for the next who needs some: getting it anew from the system takes as long as filling it. */
let spare: WebAssembly.Memory | null = null;

/** Null on a host that cannot compile it. */
function moduleOrNull(base64: string): WebAssembly.Module | null {
  let module = compiled.get(base64);
  if (module !== undefined) return module;
  try {
    module = new WebAssembly.Module(Uint8Array.fromBase64(base64));
  } catch {
    module = null;
  }
  compiled.set(base64, module);
  return module;
}

/** Columns and words of bits for one length of history. What is let go is given to the next who asks. */
export class ColumnMemory {
  readonly #rows: number;
  readonly #words: number;
  readonly #memory: WebAssembly.Memory | null = null;
  readonly #kernels: Kernels | null = null;
  readonly #freeColumns: Float64Array[] = [];
  readonly #freeBits: Int32Array[] = [];
  readonly #columns = new Set<Float64Array>();
  readonly #exports = new Map<string, WebAssembly.Exports | null>();
  #end = FIRST_BYTE;

  /** @param plain True for plain arrays in any case. */
  constructor(rows: number, plain = false) {
    this.#rows = rows;
    this.#words = wordsOf(rows);
    if (plain || moduleOrNull(RELATION_WASM) === null) return;
    // Shared, so that growing leaves the views on it alone.
    this.#memory = spare ?? new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
    spare = null;
    this.#kernels = this.kernels<Kernels>(RELATION_WASM);
  }

  /** What a module exports that was compiled to work on this memory; null where there are plain arrays, or it does not compile. */
  kernels<Exports = WebAssembly.Exports>(base64: string): Exports | null {
    let exports = this.#exports.get(base64);
    if (exports === undefined) {
      const module = this.#memory === null ? null : moduleOrNull(base64);
      exports = module && new WebAssembly.Instance(module, { env: { memory: this.#memory! } }).exports;
      this.#exports.set(base64, exports);
    }
    return exports as Exports | null;
  }

  /** Gives all of it back: nobody may use its columns and bits afterwards. */
  release(): void {
    if (this.#memory !== null && this.#memory.buffer.byteLength <= MOST_SPARE_BYTES) spare = this.#memory;
  }

  /** A column whose values are still to be written, all of them. */
  column(): Float64Array {
    const column = this.#freeColumns.pop() ?? this.#newColumn();
    this.#columns.add(column);
    return column;
  }

  /** Lets go of all columns but these. */
  keep(columns: ReadonlySet<Float64Array>): void {
    for (const column of this.#columns) {
      if (columns.has(column)) continue;
      this.#columns.delete(column);
      this.#freeColumns.push(column);
    }
  }

  /** True of a column that lies here. */
  has(column: Float64Array): boolean {
    return this.#columns.has(column);
  }

  /** So many numbers that are still to be written, kept as long as the memory. */
  numbers(count: number): Float64Array {
    if (this.#memory === null) return new Float64Array(count);
    const at = this.#place(count * 8);
    return new Float64Array(this.#memory.buffer, at, count);
  }

  /** So many whole numbers, likewise. */
  integers(count: number): Int32Array {
    if (this.#memory === null) return new Int32Array(count);
    const at = this.#place(count * 4);
    return new Int32Array(this.#memory.buffer, at, count);
  }

  /** Words for the bits of all rows, which are still to be written. */
  bits(): Int32Array {
    const bits = this.#freeBits.pop();
    if (bits !== undefined) return bits;
    if (this.#memory === null) return new Int32Array(this.#words);
    const at = this.#place(this.#words * 4);
    return new Int32Array(this.#memory.buffer, at, this.#words);
  }

  /** Lets go of words. */
  freeBits(bits: Int32Array): void {
    this.#freeBits.push(bits);
  }

  /**
   * Fills the words `from` … `to` (not included) with the rows in which one column that lies here is larger than another,
   * and others with those in which it is smaller, where they are given.
   */
  findLarger(
    bits: Int32Array,
    others: Int32Array | null,
    a: Float64Array,
    b: Float64Array,
    from: number,
    to: number,
  ): void {
    if (this.#kernels === null) {
      fillLarger(bits, a, b, from, to);
      if (others !== null) fillLarger(others, b, a, from, to);
      return;
    }
    const rowByte = from * ROWS_PER_WORD * 8, left = a.byteOffset + rowByte, right = b.byteOffset + rowByte;
    const there = bits.byteOffset + from * 4;
    if (others === null) this.#kernels.findLarger(left, right, to - from, there);
    else this.#kernels.findBoth(left, right, to - from, there, others.byteOffset + from * 4);
  }

  /** Fills bits with the rows that are known and in neither of two others. */
  findNeither(bits: Int32Array, known: Int32Array, otherKnown: Int32Array, a: Int32Array, b: Int32Array): void {
    if (this.#kernels === null) return fillNeither(bits, known, otherKnown, a, b);
    const [own, other, left, right] = [known.byteOffset, otherKnown.byteOffset, a.byteOffset, b.byteOffset];
    this.#kernels.findNeither(own, other, left, right, this.#words, bits.byteOffset);
  }

  /** Fills bits with the rows that are larger, whose row before is known and was not. */
  findCrossings(bits: Int32Array, known: Int32Array, otherKnown: Int32Array, larger: Int32Array): void {
    if (this.#kernels === null) return fillCrossings(bits, known, otherKnown, larger);
    const own = known.byteOffset, other = otherKnown.byteOffset;
    this.#kernels.findCrossings(own, other, larger.byteOffset, this.#words, bits.byteOffset);
  }

  /** The rows of a column that lies here whose values are finite; `isPlain` when all others are NaN. */
  known(column: Float64Array): { readonly known: Int32Array; readonly isPlain: boolean } {
    const known = this.bits();
    const isOdd = this.#kernels === null
      ? fillKnown(known, column)
      : this.#kernels.findKnown(column.byteOffset, this.#words, known.byteOffset) !== 0;
    // The rows beyond the last one are zeros, which are no candles.
    const rest = this.#rows % ROWS_PER_WORD;
    if (rest > 0) known[this.#words - 1]! &= (1 << rest) - 1;
    return { known, isPlain: !isOdd };
  }

  #newColumn(): Float64Array {
    if (this.#memory === null) return new Float64Array(this.#rows);
    // Whole words of rows: what lies beyond the last row stays 0, and is never larger or smaller than another 0.
    const at = this.#place(this.#words * ROWS_PER_WORD * 8);
    new Float64Array(this.#memory.buffer, at, this.#words * ROWS_PER_WORD).fill(0, this.#rows);
    return new Float64Array(this.#memory.buffer, at, this.#rows);
  }

  /** The byte at which so many bytes begin. */
  #place(bytes: number): number {
    const memory = this.#memory!, at = this.#end;
    this.#end += Math.ceil(bytes / 16) * 16;
    const missing = Math.ceil((this.#end - memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) memory.grow(Math.min(Math.max(missing, 64), MOST_PAGES - memory.buffer.byteLength / PAGE_BYTES));
    return at;
  }
}
