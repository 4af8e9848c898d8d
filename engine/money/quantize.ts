// The one crossing from float64 (columns, indicators, user input) to exact money. Nothing else rounds.
import { InputError } from "../errors/mod.ts";
import { AMOUNT_DECIMALS, decimalToNumber, parseDecimal, powerOfTen, UNIT_DECIMALS } from "./decimal.ts";
import { int64FromNumber } from "./int64.ts";
import type { Notional } from "./notional.ts";
import type { Price } from "./price.ts";
import { priceToNumber } from "./price.ts";
import type { Quantity } from "./quantity.ts";
import { quantityToNumber } from "./quantity.ts";

/** Which neighbour on the grid is taken: the one below, the one above, or the nearer (half up). */
export type Rounding = "down" | "up" | "nearest";

const UNITS_PER_ONE = powerOfTen(UNIT_DECIMALS);
const UNITS_PER_ONE_NUMBER = Number(UNITS_PER_ONE);
/** Half the distance between neighbouring doubles, relative. */
const HALF_ULP = 2 ** -53;
/** Above this a double cannot even tell whole units apart. */
const LARGEST = 2 ** 53;

/**
 * A float64 as a price on the instrument's tick grid. A float that is the nearest double to a grid price *is* that
 * price (29789.27 is, although no double holds it); any other is rounded to the side asked for.
 *
 * @throws {InputError} `price` when the number is not finite, not positive, or too large to hold.
 */
export function priceFromNumber(value: number, tick: Price, rounding: Rounding): Price {
  if (!(value > 0 && value < LARGEST)) {
    throw new InputError("price", `${value} is not a price: prices are positive and below 2^53`);
  }
  return onGrid(value, tick, rounding, priceToNumber as (units: bigint) => number) as Price;
}

/**
 * A float64 as a non-negative quantity, rounded to the lot toward zero: never more than was asked for.
 *
 * @throws {InputError} `quantity` when the number is negative, not finite, or too large to hold.
 */
export function quantityFromNumber(value: number, lot: Quantity): Quantity {
  if (!(value >= 0 && value < LARGEST)) {
    throw new InputError("quantity", `${value} is not a quantity: quantities are not negative and below 2^53`);
  }
  return onGrid(value, lot, "down", quantityToNumber as (units: bigint) => number) as Quantity;
}

/** Rounds an exact quantity to the lot, toward zero. */
export function floorToLot(value: Quantity, lot: Quantity): Quantity {
  return (value - value % lot) as Quantity;
}

/**
 * A float64 amount of money, read as the decimal it prints as: 10000.1 is exactly 10000.1.
 *
 * @throws {InputError} `notional` when the number is not finite.
 */
export function notionalFromNumber(value: number): Notional {
  if (!Number.isFinite(value)) throw new InputError("notional", `${value} is not an amount of money`);
  const text = Math.abs(value) < 1e-20 ? "0" : String(value);
  return parseDecimal(text, AMOUNT_DECIMALS) as Notional;
}

function onGrid(value: number, step: bigint, rounding: Rounding, toNumber: (units: bigint) => number): bigint {
  // Most prices lie on their grid: then one multiplication finds them, and one division proves it.
  const perOne = UNITS_PER_ONE_NUMBER / decimalToNumber(step, 0);
  const steps = Math.round(value * perOne);
  if (Number.isInteger(perOne) && steps < LARGEST && steps / perOne === value) return int64FromNumber(steps) * step;
  const whole = Math.floor(value);
  const fraction = (value - whole) * UNITS_PER_ONE_NUMBER;
  const units = int64FromNumber(whole) * UNITS_PER_ONE + int64FromNumber(Math.round(fraction));
  const nearest = snap(units, step, "nearest");
  if (rounding === "nearest") return nearest;
  const distance = decimalToNumber(units - nearest, 0);
  // Half an ulp of the value plus the rounding of `units` itself, in units of 10^-12.
  const slack = value * HALF_ULP * UNITS_PER_ONE_NUMBER + 1;
  if (Math.abs(distance) <= slack && toNumber(nearest) === value) return nearest;
  const side = snap(units, step, rounding);
  if (rounding === "down") return toNumber(side) <= value ? side : side - step;
  return toNumber(side) >= value ? side : side + step;
}

function snap(units: bigint, step: bigint, rounding: Rounding): bigint {
  if (step === 1n) return units;
  const rest = ((units % step) + step) % step;
  if (rest === 0n) return units;
  const below = units - rest;
  if (rounding === "down") return below;
  if (rounding === "up") return below + step;
  return rest * 2n >= step ? below + step : below;
}
