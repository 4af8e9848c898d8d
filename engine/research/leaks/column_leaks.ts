// Columns that may not change before a cut when only what comes after it is changed.
import { type Alteration, ALTERATION_TEXT, OTHER, STRONG } from "./altered_future.ts";
import type { AlterableData, LeakData } from "./leak_data.ts";
import { closeTimeOf } from "./leak_data.ts";
import type { LeakEvidence } from "./leak_report.ts";
import { differs, roundingOf } from "./value_difference.ts";
import { lastCut } from "./last_cut.ts";

/** A column to be judged. */
export interface JudgedColumn {
  readonly key: string;
  readonly values: Float64Array;
  /** Candles that it may look ahead. */
  readonly mayLookAhead: number;
}

/** Makes the judged columns of data whose future after `cut` is another one; null where it has none. */
export type ColumnMaker = (data: LeakData, cut: number) => ReadonlyMap<string, Float64Array | null>;

/** What was seen of a column that changed. */
export interface ColumnLeak {
  readonly key: string;
  readonly evidence: readonly LeakEvidence[];
  readonly fromRow: number;
  readonly lookAheadCandles: number;
  readonly wholeHistory: boolean;
}

/** A row of a column that changed by what came after `cut`. */
interface Sighting {
  readonly row: number;
  readonly before: number;
  readonly after: number;
  readonly cut: number;
  readonly how: Alteration | "truncated";
  /** Earliest row that changed with it. */
  readonly earliest: number;
}

/** The futures that look like what was are tried on every fourth cut. */
const OTHER_EVERY = 4;
const MOST_EVIDENCE = 3, REFINED_ROWS = 2, TRUNCATIONS = 6;

/** Looks for columns that change before the cuts, and at those which do more closely. */
export class ColumnJudge {
  runs = 0;
  /** Alterations of which the user's code could make nothing, with what it said. */
  readonly failures = new Map<string, string>();
  readonly #columns: ReadonlyMap<string, JudgedColumn>;
  readonly #rounding: ReadonlyMap<string, number>;
  readonly #sightings = new Map<string, Sighting[]>();

  constructor(readonly data: AlterableData, columns: readonly JudgedColumn[], readonly make: ColumnMaker) {
    this.#columns = new Map(columns.map((column) => [column.key, column]));
    this.#rounding = new Map(columns.map(({ key, values }) => [key, roundingOf(values)]));
  }

  /** Replaces the future after each of the cuts. */
  look(cuts: readonly number[], progress?: (done: number, total: number) => void): void {
    cuts.forEach((cut, i) => {
      const strong = STRONG[i % STRONG.length]!, other = OTHER[(i / OTHER_EVERY) % OTHER.length];
      this.#note(this.#runAltered(cut, strong), cut, strong);
      if (other !== undefined) this.#note(this.#runAltered(cut, other), cut, other);
      progress?.(i + 1, cuts.length);
    });
    const step = Math.max(1, Math.floor(cuts.length / TRUNCATIONS));
    for (let i = step - 1; i < cuts.length; i += step) this.#lookAtPast(cuts[i]!);
  }

  /** What was found, each column looked at more closely. */
  leaks(): ColumnLeak[] {
    return [...this.#sightings].filter(([, seen]) => seen.some(isTelling)).map(([key, seen]) =>
      this.#refined(key, seen)
    );
  }

  /** How far ahead a column was seen to look, in candles. */
  reachOf(key: string): number {
    return (this.#sightings.get(key) ?? []).reduce((most, { cut, earliest }) => Math.max(most, cut - earliest + 1), 0);
  }

  #runAltered(cut: number, how: Alteration, draw = 0): ReadonlyMap<string, Float64Array | null> {
    this.runs++;
    try {
      return this.make(this.data.altered(cut, how, draw), cut);
    } catch (error) {
      this.failures.set(ALTERATION_TEXT[how], error instanceof Error ? error.message : String(error));
      return new Map();
    } finally {
      this.data.restore();
    }
  }

  #note(made: ReadonlyMap<string, Float64Array | null>, cut: number, how: Alteration): void {
    for (const [key, values] of made) {
      if (values === null) continue;
      const sighting = this.#difference(key, values, cut - this.#columns.get(key)!.mayLookAhead, cut, how);
      if (sighting !== null) this.#keep(key, sighting);
    }
  }

  /**
   * The past alone shows what counts candles to the end. Its own last row is left out: code that asks whether a bucket
   * ends by looking whether a next candle is in it cannot know it there, and is right on a grid of times.
   */
  #lookAtPast(cut: number): void {
    this.runs++;
    let made: ReadonlyMap<string, Float64Array | null>;
    try {
      made = this.make(this.data.truncated(cut), cut);
    } catch (error) {
      this.failures.set(ALTERATION_TEXT.truncated, error instanceof Error ? error.message : String(error));
      return;
    }
    for (const [key, values] of made) {
      // Code may refuse a history that is too short for it.
      if (values === null || values.every(Number.isNaN)) continue;
      const { mayLookAhead } = this.#columns.get(key)!;
      const sighting = this.#difference(key, values, cut - 1 - mayLookAhead, cut, "truncated");
      if (sighting !== null) this.#keep(key, sighting);
    }
  }

  /** The row up to `last` that changed most, and the earliest that did. */
  #difference(key: string, values: Float64Array, last: number, cut: number, how: Sighting["how"]): Sighting | null {
    const before = this.#columns.get(key)!.values, rounding = this.#rounding.get(key)!;
    let earliest = -1, most = -1, row = -1;
    for (let i = 0; i <= last; i++) {
      if (!differs(before[i]!, values[i]!, rounding)) continue;
      if (earliest < 0) earliest = i;
      const apart = Math.abs(before[i]! - values[i]!);
      if (row < 0 || apart > most) [row, most] = [i, apart];
    }
    return row < 0 ? null : { row, before: before[row]!, after: values[row]!, cut, how, earliest };
  }

  #keep(key: string, sighting: Sighting): void {
    const known = this.#sightings.get(key);
    if (known === undefined) this.#sightings.set(key, [sighting]);
    else known.push(sighting);
  }

  #refined(key: string, seen: readonly Sighting[]): ColumnLeak {
    const { length } = this.data.given.candles;
    if (seen.every(({ how }) => how === "truncated")) return this.#countedToTheEnd(key, seen);
    const fromRow = this.#earliest(key, Math.min(...seen.map(({ earliest }) => earliest)));
    let reach = this.reachOf(key), wholeHistory = false;
    const byRow = [...seen].sort((a, b) => a.earliest - b.earliest);
    for (const sighting of new Set([byRow[0]!, byRow[byRow.length >> 1]!].slice(0, REFINED_ROWS))) {
      const last = this.#lastCut(key, sighting.earliest, sighting.cut);
      wholeHistory ||= last === length - 2 && last - sighting.earliest > length / 4;
      reach = Math.max(reach, last - sighting.earliest + 1);
    }
    // Whoever looks over half of a history does not mean a number of candles.
    wholeHistory ||= reach > length / 2;
    return { key, evidence: this.#shown(seen), fromRow, lookAheadCandles: reach, wholeHistory };
  }

  /** What changes only with the number of candles. */
  #countedToTheEnd(key: string, seen: readonly Sighting[]): ColumnLeak {
    const fromRow = Math.min(...seen.map(({ earliest }) => earliest)), { length } = this.data.given.candles;
    return { key, evidence: this.#shown(seen), fromRow, lookAheadCandles: length - 1 - fromRow, wholeHistory: true };
  }

  #shown(seen: readonly Sighting[]): LeakEvidence[] {
    const shown = seen.filter(isTelling).sort((a, b) => a.row - b.row || a.cut - b.cut);
    const picked = shown.length <= MOST_EVIDENCE ? shown : [shown[0]!, shown[shown.length >> 1]!, shown.at(-1)!];
    return picked.map((own) => this.#evidence(own));
  }

  /** The earliest row that changes, by halving the cuts before one that is known. */
  #earliest(key: string, known: number): number {
    let found = known;
    for (let low = 0, high = known - 1; low <= high;) {
      const middle = (low + high) >>> 1, row = this.#firstChange(key, middle);
      if (row < 0) low = middle + 1;
      else {
        found = Math.min(found, row);
        high = row - 1;
      }
    }
    return found;
  }

  #firstChange(key: string, cut: number): number {
    const last = cut - this.#columns.get(key)!.mayLookAhead;
    for (const how of ["extreme", "inverted"] as const) {
      const values = this.#runAltered(cut, how).get(key);
      const sighting = values ? this.#difference(key, values, last, cut, how) : null;
      if (sighting !== null) return sighting.earliest;
    }
    return -1;
  }

  /** The last cut by which a row still changes, by halving. */
  #lastCut(key: string, row: number, known: number): number {
    return lastCut(known, this.data.given.candles.length - 2, (cut) => this.#changes(key, row, cut));
  }

  #changes(key: string, row: number, cut: number): boolean {
    const before = this.#columns.get(key)!.values[row]!, rounding = this.#rounding.get(key)!;
    return ([["extreme", 0], ["extreme", 1], ["inverted", 0], ["unknown", 0]] as const).some(([how, draw]) => {
      const values = this.#runAltered(cut, how, draw).get(key);
      return values ? differs(before, values[row]!, rounding) : false;
    });
  }

  #evidence({ row, before, after, cut, how }: Sighting): LeakEvidence {
    return {
      row,
      decidedAtMs: closeTimeOf(this.data.given.candles, row),
      before: plain(before),
      after: plain(after),
      alteration: ALTERATION_TEXT[how],
      alteredFromRow: cut + 1,
    };
  }
}

/** Sums from the end, or about a mean, are lost to a NaN anywhere, whatever they tell: that alone convicts nobody. */
function isTelling({ how, after }: Sighting): boolean {
  return how !== "unknown" || !Number.isNaN(after);
}

/** JSON knows no NaN. */
function plain(value: number): number | null {
  return value - value === 0 ? value : null;
}
