import {
  powerOfTen,
  type Price,
  priceFromNumber,
  priceToNumber,
  type Rounding,
  UNIT_DECIMALS,
} from "../../money/mod.ts";

const UNITS_PER_ONE = 1e12;
const HALF_ULP = 2 ** -53;

/**
 * The grid of an instrument's prices or quantities as whole steps in doubles: the same rounding as
 * `priceFromNumber` and `quantityFromNumber`, without bigints where none is needed. Only for steps that divide one.
 */
export class GridSteps {
  /** Lower half of the last answer, for steps beyond 2^53; nearly always 0. */
  low = 0;
  readonly perOne: number;
  readonly #unitsPerStep: number;

  /** @param step In counts of 10^-12. */
  constructor(readonly step: bigint) {
    this.perOne = Number(powerOfTen(UNIT_DECIMALS) / step);
    this.#unitsPerStep = Number(step);
  }

  /** True where the grid can be counted in doubles: a number of whole steps makes one. */
  static fits(step: bigint): boolean {
    return step > 0n && powerOfTen(UNIT_DECIMALS) % step === 0n;
  }

  /** How many steps a positive number is, rounded; the upper half of it, the lower one stands in `low`. */
  steps(value: number, rounding: Rounding): number {
    this.low = 0;
    const { perOne } = this;
    const steps = Math.round(value * perOne);
    if (steps < 2 ** 53 && steps / perOne === value) return steps;
    const whole = Math.floor(value), units = Math.round((value - whole) * UNITS_PER_ONE);
    const part = this.#unitsPerStep, offset = Math.floor(units / part), rest = units - offset * part;
    // The nearest double to that many steps, and how many steps there are in the whole units: both must be exact.
    const base = whole * perOne;
    if (!(base + offset + 2 < 2 ** 53)) return this.#exact(value, rounding);
    const below = base + offset;
    const nearest = rest * 2 >= part ? below + 1 : below;
    if (rounding === "nearest") return nearest;
    const distance = rest - (nearest - below) * part;
    if (Math.abs(distance) <= value * HALF_ULP * UNITS_PER_ONE + 1 && nearest / perOne === value) return nearest;
    if (rounding === "down") return below / perOne <= value ? below : below - 1;
    const above = rest === 0 ? below : below + 1;
    return above / perOne >= value ? above : above + 1;
  }

  /** The double nearest to that many steps. */
  toNumber(steps: number, low: number): number {
    if (low === 0 && steps < 2 ** 53) return steps / this.perOne;
    return priceToNumber((BigInt(steps) + BigInt(low)) * this.step as Price);
  }

  /** Where one double does not hold the steps. Prices and quantities are rounded alike. */
  #exact(value: number, rounding: Rounding): number {
    const exact = priceFromNumber(value, this.step as Price, rounding) / this.step, hi = Number(exact);
    this.low = Number(exact - BigInt(hi));
    return hi;
  }
}
