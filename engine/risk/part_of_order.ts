import { type Quantity, quantityFromNumber, quantityToNumber, ZERO_QUANTITY } from "../money/mod.ts";
import type { OrderIntent } from "../orders/mod.ts";
import type { RiskView } from "./risk_rule.ts";

/** This part of an order's quantity, rounded to the lot toward zero; nothing where the part is not a number above 0. */
export function partOfOrder({ quantity }: OrderIntent, { instrument }: RiskView, part: number): Quantity {
  return part > 0 ? quantityFromNumber(quantityToNumber(quantity) * Math.min(part, 1), instrument.lot) : ZERO_QUANTITY;
}
