import { assert } from "../errors/mod.ts";
import { addQuantity, AMOUNTS_PER_UNIT, type Quantity } from "../money/mod.ts";
import type { Fill } from "./fill.ts";

/** By how much a fill moves the position: signed, net of a fee taken in the base asset. */
export function positionChange(fill: Fill): Quantity {
  const net = fill.feeFrom === "position" ? fill.quantity - feeInQuantityUnits(fill) : fill.quantity;
  return (fill.side === "buy" ? net : -net) as Quantity;
}

/** Position = Σ fills (invariant I3). */
export function positionOf(fills: Iterable<Fill>): Quantity {
  let position = 0n as Quantity;
  for (const fill of fills) position = addQuantity(position, positionChange(fill));
  return position;
}

function feeInQuantityUnits(fill: Fill): bigint {
  const isGivenBack = fill.fee < 0n; // where a buy is undone
  assert(fill.side === "buy" || isGivenBack, `a fee in the base asset belongs to a buy, not to ${fill.tradeId}`);
  assert(fill.fee % AMOUNTS_PER_UNIT === 0n, `fee of ${fill.tradeId} has more digits than a quantity holds`);
  return fill.fee / AMOUNTS_PER_UNIT;
}
