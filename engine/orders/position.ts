import { assert } from "../errors/mod.ts";
import { addQuantity, AMOUNTS_PER_UNIT, type Quantity } from "../money/mod.ts";
import type { Fill } from "./fill.ts";

/** By how much a fill moves the position: signed, less a fee taken in the base asset; what undoes one gives its fee back. */
export function positionChange(fill: Fill): Quantity {
  const signed = fill.side === "buy" ? fill.quantity : -fill.quantity;
  return (fill.feeFrom === "position" ? signed - feeInQuantityUnits(fill) : signed) as Quantity;
}

/** Position = Σ fills (invariant I3). */
export function positionOf(fills: Iterable<Fill>): Quantity {
  let position = 0n as Quantity;
  for (const fill of fills) position = addQuantity(position, positionChange(fill));
  return position;
}

function feeInQuantityUnits(fill: Fill): bigint {
  assert(fill.fee % AMOUNTS_PER_UNIT === 0n, `fee of ${fill.tradeId} has more digits than a quantity holds`);
  return fill.fee / AMOUNTS_PER_UNIT;
}
