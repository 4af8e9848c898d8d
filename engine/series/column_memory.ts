// Where the columns of a sweep lie, and who compares them: in the memory of a small WebAssembly module, 16 rows at a time;
// where there is none, in plain arrays, row by row, with the same bits.
import { ColumnDirectory, DIRECTORY_BYTES } from "./column_directory.ts";
import { fillKnown, fillLarger, ROWS_PER_WORD, wordsOf } from "./relation.ts";
import { RELATION_WASM } from "./relation_wasm.ts";

/** What makes bits of others in relation.as. */
export interface BitKernels {
  runSteps(steps: number, count: number, first: number, words: number): void;
}

interface Kernels extends BitKernels {
  findLarger(pairs: number, count: number, first: number, words: number): void;
  findLargerBySingles(pairs: number, count: number, words: number, singles: number): void;
  findSingles(values: number, words: number, singles: number): void;
  findKnown(a: number, words: number, known: number): number;
}

const PAGE_BYTES = 65_536, MOST_PAGES = 65_536;
const MOST_SPARE_BYTES = 2 ** 28;
/** What lies here begins at multiples of this: no two threads write to one line of the cache, nor to its neighbour that is fetched with it. */
const GRAIN_BYTES = 128;
/** Kernels may look at so many bytes beyond what they were asked for. */
const SLACK_BYTES = 32;
/** At byte 0 how many grains are taken; no module keeps anything of its own beyond this, where a directory may lie. */
const DIRECTORY_BYTE = 1_024, FIRST_BYTE = DIRECTORY_BYTE + DIRECTORY_BYTES;

const compiled = new Map<string, WebAssembly.Module | null>();
/** Memory that nobody uses any more, for the next who needs some: getting it anew from the system takes as long as filling it. */
let spare: WebAssembly.Memory | null = null;

/** A column, or what a window shows of one. */
export interface ColumnStretch {
  readonly values: Float64Array;
  /** Bits of the rows whose values are finite. */
  readonly known: Int32Array;
  /** The word of the rows with which both begin. */
  readonly firstWord: number;
  /** Of one that moves from window to window, what else is there of it. */
  readonly moving: MovingStretch | null;
}

/** A stretch that begins with the window. */
export interface MovingStretch {
  /** Its values as float32, which lie right behind them. */
  readonly singles: Float32Array;
  /** True where all values of this window are known. */
  readonly isKnown: boolean;
}

/** Two columns, and words for the rows in which the first is the larger, and for those in which the second is, where asked for. */
export interface ColumnPair {
  readonly a: ColumnStretch;
  readonly b: ColumnStretch;
  readonly bits: Int32Array;
  readonly others: Int32Array | null;
}

/** Pairs of columns to be compared. */
export interface ComparedColumns {
  readonly fill: (first: number, words: number) => void;
  readonly release: () => void;
}

/** Where row 0 of a column would lie. */
function columnByte({ values, firstWord }: ColumnStretch): number {
  return values.byteOffset - firstWord * ROWS_PER_WORD * 8;
}

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

/**
 * A memory for several threads to work on; null on a host without WebAssembly. It can be sent to them.
 *
 * @param used One that nobody works on any more.
 */
export function commonMemory(used: WebAssembly.Memory | null = null): WebAssembly.Memory | null {
  return moduleOrNull(RELATION_WASM) === null ? null : emptied(used ?? newMemory());
}

/** Shared also where one thread has it, so that growing leaves the views on it alone. */
function newMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
}

function emptied(memory: WebAssembly.Memory): WebAssembly.Memory {
  const words = new Int32Array(memory.buffer, 0, FIRST_BYTE / 4).fill(0);
  words[0] = FIRST_BYTE / GRAIN_BYTES;
  return memory;
}

/** Columns and words of bits for one length of history. What is let go is given to the next who asks. */
export class ColumnMemory {
  readonly #rows: number;
  readonly #words: number;
  readonly #memory: WebAssembly.Memory | null = null;
  readonly #directory: ColumnDirectory | null = null;
  readonly #kernels: Kernels | null = null;
  readonly #freeColumns: Float64Array[] = [];
  /** By their number. */
  readonly #freeBits = new Map<number, Int32Array[]>();
  readonly #columns = new Set<Float64Array>();
  /** What stays as long as the memory, by name. */
  readonly #lasting = new Map<string, Float64Array>();
  readonly #exports = new Map<string, WebAssembly.Exports | null>();

  /**
   * @param plain True for plain arrays in any case.
   * @param common A memory in which other threads work, too.
   */
  constructor(rows: number, plain = false, common: WebAssembly.Memory | null = null) {
    this.#rows = rows;
    this.#words = wordsOf(rows);
    if (plain || moduleOrNull(RELATION_WASM) === null) return;
    if (common === null) {
      this.#memory = emptied(spare ?? newMemory());
      spare = null;
    } else {
      this.#memory = common;
      this.#directory = new ColumnDirectory(common.buffer, DIRECTORY_BYTE);
    }
    this.#kernels = this.kernels<Kernels>(RELATION_WASM);
  }

  /** Null where there are plain arrays. */
  get bitKernels(): BitKernels | null {
    return this.#kernels;
  }

  /** True where other threads work in it, too: what is made here by name serves them all. */
  get isCommon(): boolean {
    return this.#directory !== null;
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
    if (this.#memory === null || this.isCommon) return;
    if (this.#memory.buffer.byteLength <= MOST_SPARE_BYTES) spare = this.#memory;
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
    return this.#columns.has(column) || [...this.#lasting.values()].includes(column);
  }

  /**
   * A column that stays as long as the memory, made once by whoever needs it first.
   *
   * @param make Gives its values; where they are a column of this memory, that one stays.
   */
  lastingColumn(name: string, make: () => Float64Array): Float64Array {
    let column = this.#lasting.get(name);
    if (column !== undefined) return column;
    const own = () => {
      const values = make();
      if (this.#columns.delete(values)) return values;
      const copy = this.#freeColumns.pop() ?? this.#newColumn();
      copy.set(values);
      return copy;
    };
    const at = this.#directory?.find(name, () => (column = own()).byteOffset) ?? null;
    column ??= at === null ? own() : this.#view(at, this.#rows);
    this.#lasting.set(name, column);
    return column;
  }

  /** So many numbers that stay as long as the memory, likewise. */
  lasting(name: string, count: number, fill: (numbers: Float64Array) => void): Float64Array {
    const make = () => {
      const own = this.numbers(count);
      fill(own);
      return own;
    };
    if (this.#directory === null) return make();
    const at = this.#directory.find(`${name}: ${count}`, () => make().byteOffset);
    return at === null ? make() : this.#view(at, count);
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

  /** So many words of bits, which are still to be written. */
  bits(words: number): Int32Array {
    return this.#freeBits.get(words)?.pop() ?? this.integers(words);
  }

  /** Lets go of words. */
  freeBits(bits: Int32Array): void {
    const free = this.#freeBits.get(bits.length);
    if (free === undefined) this.#freeBits.set(bits.length, [bits]);
    else free.push(bits);
  }

  /**
   * What compares so many pairs of columns that lie here. It fills `words` words, which begin with the word `first` of the
   * columns; give {@linkcode ComparedColumns.release} what it held.
   */
  comparison(pairs: readonly ColumnPair[]): ComparedColumns {
    const kernels = this.#kernels;
    if (kernels === null) {
      const fill = (first: number, words: number) => {
        for (const { a, b, bits, others } of pairs) {
          fillLarger(bits, a.values, b.values, first, words);
          if (others !== null) fillLarger(others, b.values, a.values, first, words);
        }
      };
      return { fill, release: () => {} };
    }
    const moving = pairs.filter(({ a, b }) => a.moving !== null && b.moving !== null);
    const others = pairs.filter((pair) => !moving.includes(pair));
    const parts = [this.#movingComparison(moving, kernels), this.#otherComparison(others, kernels)];
    return {
      fill: (first, words) => parts.forEach((part) => part.fill(first, words)),
      release: () => parts.forEach((part) => part.release()),
    };
  }

  /** Of columns that begin with each window, by their float32. */
  #movingComparison(pairs: readonly ColumnPair[], kernels: Kernels): ComparedColumns {
    const list = this.bits(4 * pairs.length), stretches = new Set(pairs.flatMap(({ a, b }) => [a.moving!, b.moving!]));
    const singles = pairs.length === 0 ? 0 : pairs[0]!.a.values.byteLength;
    pairs.forEach(({ a, b, bits, others }, i) =>
      list.set([a.values.byteOffset, b.values.byteOffset, bits.byteOffset, others?.byteOffset ?? 0], 4 * i)
    );
    const fill = (_: number, words: number) => {
      let isKnown = true;
      for (const stretch of stretches) isKnown &&= stretch.isKnown;
      if (isKnown) kernels.findLargerBySingles(list.byteOffset, pairs.length, words, singles);
      else kernels.findLarger(list.byteOffset, pairs.length, 0, words);
    };
    return { fill, release: () => this.freeBits(list) };
  }

  #otherComparison(pairs: readonly ColumnPair[], kernels: Kernels): ComparedColumns {
    const list = this.bits(4 * pairs.length);
    pairs.forEach(({ a, b, bits, others }, i) =>
      list.set([columnByte(a), columnByte(b), bits.byteOffset, others?.byteOffset ?? 0], 4 * i)
    );
    const moves = pairs.some(({ a, b }) => a.moving !== null || b.moving !== null);
    const fill = (first: number, words: number) => {
      for (let i = 0; moves && i < pairs.length; i++) {
        list[4 * i] = columnByte(pairs[i]!.a);
        list[4 * i + 1] = columnByte(pairs[i]!.b);
      }
      kernels.findLarger(list.byteOffset, pairs.length, first, words);
    };
    return { fill, release: () => this.freeBits(list) };
  }

  /** Fills the float32 of finite values that lie here, for whole words of rows; nothing where there are no kernels. */
  findSingles(singles: Float32Array, values: Float64Array): void {
    this.#kernels?.findSingles(values.byteOffset, values.length / ROWS_PER_WORD, singles.byteOffset);
  }

  /** Fills bits with the rows of a column that lies here whose values are finite; true when all others are NaN. */
  findKnown(known: Int32Array, column: Float64Array): boolean {
    const isOdd = this.#kernels === null
      ? fillKnown(known, column)
      : this.#kernels.findKnown(column.byteOffset, this.#words, known.byteOffset) !== 0;
    // The rows beyond the last one are zeros, which are no candles.
    const rest = this.#rows % ROWS_PER_WORD;
    if (rest > 0) known[this.#words - 1]! &= (1 << rest) - 1;
    return !isOdd;
  }

  /** Numbers that another thread may have placed. */
  #view(at: number, count: number): Float64Array {
    const memory = this.#memory!;
    // Growing by nothing takes notice of what others have grown it by.
    if (at + 8 * count > memory.buffer.byteLength) memory.grow(0);
    return new Float64Array(memory.buffer, at, count);
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
    const memory = this.#memory!, grains = Math.ceil((bytes + SLACK_BYTES) / GRAIN_BYTES);
    const at = Atomics.add(new Uint32Array(memory.buffer, 0, 1), 0, grains) * GRAIN_BYTES;
    if (this.isCommon && at + bytes + SLACK_BYTES > memory.buffer.byteLength) memory.grow(0);
    const missing = Math.ceil((at + bytes + SLACK_BYTES - memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) memory.grow(Math.min(Math.max(missing, 64), MOST_PAGES - memory.buffer.byteLength / PAGE_BYTES));
    return at;
  }
}
