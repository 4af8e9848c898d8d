import { priceToNumber } from "../money/mod.ts";
import type { OrderIntent } from "../orders/mod.ts";

/**
 * The price at which an order counts before it fills, quote units: the worst that its own prices allow. A buy whose
 * trigger the market has passed already trades where the market is.
 *
 * @param mark Last close of the instrument, quote units.
 */
export function worstPrice({ kind, side, price, limitPrice }: OrderIntent, mark: number): number {
  if (price === null) return mark;
  const own = priceToNumber(price);
  if (limitPrice !== null) return Math.max(own, priceToNumber(limitPrice));
  const passed = side === "buy" && mark > own && (kind === "stop" || kind === "trailing-stop");
  return passed ? mark : own;
}
