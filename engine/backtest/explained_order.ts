import { priceToNumber, quantityToNumber } from "../money/mod.ts";
import type { OrderIntent } from "../orders/mod.ts";
import type { Refusal } from "../risk/mod.ts";

/** An order and the answer of the risk rules. */
export interface ExplainedOrder {
  readonly id: string;
  readonly slot: string;
  readonly side: string;
  readonly kind: string;
  readonly quantity: number;
  readonly price: number | null;
  readonly reason: string;
  /** Name of the group in which one cancels the other; absent without one. */
  readonly oco?: string;
  readonly refusal: Refusal | null;
  /** The rules that made it smaller than its sizing, in their order. */
  readonly shrunk: readonly Refusal[];
}

/** An order as explanations show it. */
export function explained(
  order: OrderIntent,
  refusal: Refusal | null,
  shrunk: readonly Refusal[] = [],
): ExplainedOrder {
  return {
    id: order.clientOrderId,
    slot: order.slot,
    side: order.side,
    kind: order.kind,
    quantity: quantityToNumber(order.quantity),
    price: order.price === null ? null : priceToNumber(order.price),
    reason: order.reason,
    ...(order.oco === undefined ? {} : { oco: order.oco }),
    refusal,
    shrunk,
  };
}
