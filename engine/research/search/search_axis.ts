// What a search may choose for one parameter, and how that is a number between 0 and 1: samplers know only those.
import { InputError } from "../../errors/mod.ts";
import { elementary } from "../../metrics/mod.ts";
import type { ParameterValue } from "../../strategies/mod.ts";

/** What a search may choose for a parameter, in plain data. */
export type SearchAxis =
  /** Whole numbers or numbers between two; in steps from the first, or all of them where `step` is null. */
  | {
    readonly kind: "range";
    readonly type: "integer" | "number";
    readonly from: number;
    readonly to: number;
    readonly step: number | null;
    /** True: equal ratios are equally far, as from 10 to 20 and from 100 to 200. */
    readonly log: boolean;
  }
  /** Some numbers, ascending. */
  | { readonly kind: "list"; readonly values: readonly number[] }
  /** Words and truth values, which have no order. */
  | { readonly kind: "choice"; readonly values: readonly ParameterValue[] };

/** Digits that a chosen number keeps: all that are meant, none that a step of 0.1 leaves behind. */
const DIGITS = 12;

/**
 * One side of the unit cube that samplers search. Where a parameter has few values, each owns a cell of the side, and stands
 * in its middle.
 */
export class Dimension {
  /** How many values it has; ∞ of numbers without steps. */
  readonly levels: number;
  /** True where neighbours are alike: numbers, not words. */
  readonly isOrdered: boolean;
  /** The ends of the side in the scale of the axis, cells included. */
  readonly #low: number;
  readonly #high: number;

  /** @throws {InputError} `search-space` for a logarithmic range that reaches 0. */
  constructor(readonly name: string, readonly axis: SearchAxis) {
    this.isOrdered = axis.kind !== "choice";
    if (axis.kind !== "range") {
      this.levels = axis.values.length;
      this.#low = 0;
      this.#high = 1;
      return;
    }
    const { from, to, step, log } = axis, margin = (step ?? 0) / 2;
    this.levels = step === null ? (from === to ? 1 : Infinity) : Math.floor((to - from) / step + 1e-9) + 1;
    const last = step === null ? to : from + (this.levels - 1) * step;
    if (log && !(from - margin > 0)) {
      throw new InputError(
        "search-space",
        `${name} from ${from} cannot be searched by ratios: begin above ${margin}, or leave log out`,
      );
    }
    [this.#low, this.#high] = [from - margin, last + margin].map((end) => log ? elementary.log(end) : end) as [
      number,
      number,
    ];
  }

  /** The value of a place from 0 to 1. */
  valueAt(unit: number): ParameterValue {
    const { axis } = this;
    if (axis.kind !== "range") return axis.values[this.#level(unit * this.levels)]!;
    const { from, to, step, log } = axis, place = this.#low + unit * (this.#high - this.#low);
    const value = log ? elementary.exp(place) : place;
    if (step === null) return rounded(Math.min(to, Math.max(from, value)));
    // Without ratios all cells are alike: their number is exact where the place is not.
    return this.valueOf(log ? this.#level((value - from) / step + 0.5) : this.#level(unit * this.levels));
  }

  /** The value of a number from 0 to `levels` − 1. */
  valueOf(level: number): ParameterValue {
    const { axis } = this;
    if (axis.kind !== "range") return axis.values[level]!;
    return rounded(axis.from + level * (axis.step ?? 0));
  }

  /** The place of a value: the middle of its cell. */
  unitOf(value: ParameterValue): number {
    const { axis } = this;
    if (axis.kind !== "range") return (axis.values.indexOf(value as number) + 0.5) / this.levels;
    if (this.levels === 1) return 0.5;
    const { from, step, log } = axis, number = value as number;
    if (step === null) return this.#place(number);
    if (!log) return (Math.round((number - from) / step) + 0.5) / this.levels;
    return (this.#place(number - step / 2) + this.#place(number + step / 2)) / 2;
  }

  /** How wide the cell of a place is; 0 where each number is its own. */
  widthAt(unit: number): number {
    const { axis } = this;
    if (this.levels === Infinity) return 0;
    if (axis.kind !== "range" || !axis.log || axis.step === null) return 1 / this.levels;
    const value = this.valueAt(unit) as number;
    return this.#place(value + axis.step / 2) - this.#place(value - axis.step / 2);
  }

  #place(value: number): number {
    const scaled = this.axis.kind === "range" && this.axis.log ? elementary.log(value) : value;
    return (scaled - this.#low) / (this.#high - this.#low);
  }

  #level(place: number): number {
    return Math.min(this.levels - 1, Math.max(0, Math.floor(place)));
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
