// One cancels the other: groups of orders of which the first that trades ends the others, as exchanges keep them.
import { quantityToNumber } from "../money/mod.ts";
import type { OrderIntent } from "../orders/mod.ts";
import type { FillRules } from "./fill_rules/fill_rules.ts";
import { isBeyondLimit, limitInside, stopInside } from "./matching.ts";
import { isThere, restOf, type SimulatedOrder } from "./simulated_order.ts";
import type { CandlePrices } from "./traded_candles.ts";
import { restFor } from "./unstated_path.ts";

/** How many groups that are over still refuse orders that come late. */
const REMEMBERED_GROUPS = 1_000;

/** The groups that are over, because an order of them has traded. */
export class OcoGroups {
  readonly #over = new Set<string>();

  /** Why an order that arrives is not taken; null for one of a group that goes on, or of none. */
  refusalOf({ oco }: OrderIntent): { code: string; reason: string } | null {
    if (oco === undefined || !this.#over.has(oco)) return null;
    return { code: "oco", reason: "another order of its group has traded" };
  }

  /** An order has traded: those of its group that end with it. */
  endedBy({ intent: { oco } }: SimulatedOrder, live: readonly SimulatedOrder[]): SimulatedOrder[] {
    if (oco === undefined || this.#over.has(oco)) return [];
    this.#over.add(oco);
    if (this.#over.size > REMEMBERED_GROUPS) this.#over.delete(this.#over.values().next().value!);
    return live.filter((other) => other.state === "open" && other.intent.oco === oco && other.filled === 0n);
  }
}

/**
 * True for an order that leaves a candle to another of its group, where nothing says which the market met first: the
 * candle reaches both, and the account stands worse at its close with the other.
 */
export function yieldsTo(
  order: SimulatedOrder,
  live: readonly SimulatedOrder[],
  candle: CandlePrices,
  rules: FillRules,
): boolean {
  const { oco } = order.intent;
  if (oco === undefined || order.filled > 0n) return false;
  const own = gainAtClose(order, candle, rules);
  let isBefore = true;
  for (const other of live) {
    if (other === order) isBefore = false;
    else if (other.intent.oco === oco && isThere(other, candle.closeTimeMs - 1)) {
      const theirs = gainAtClose(other, candle, rules);
      if (theirs < own || (theirs === own && isBefore)) return true;
    }
  }
  return false;
}

/** True where a candle reaches an order that is at the exchange before its close. */
export function isReached(order: SimulatedOrder, candle: CandlePrices, rules: FillRules): boolean {
  const price = reachedPrice(order, candle, rules);
  return order.activeFromMs < candle.closeTimeMs && price === price;
}

/** What a fill in the candle has gained at its close, quote units; NaN for an order that is not reached. */
function gainAtClose(order: SimulatedOrder, candle: CandlePrices, rules: FillRules): number {
  const gain = candle.close - reachedPrice(order, restFor(order, candle), rules);
  return (order.intent.side === "buy" ? gain : -gain) * quantityToNumber(restOf(order));
}

/** Where a candle reaches an entry that waits, quote units; NaN where it does not. Looks only, and changes nothing. */
function reachedPrice(order: SimulatedOrder, { open, high, low }: CandlePrices, { limitFill }: FillRules): number {
  const { intent: { kind, side }, price, limit, triggered } = order;
  const fill = limitFill === "touch" ? "touch" : "through";
  switch (kind) {
    case "market":
      return NaN;
    case "limit":
      return limitInside(side, price, open, high, low, fill);
    case "take-profit":
      return stopInside(side === "buy" ? "sell" : "buy", price, open, high, low);
    case "stop-limit": {
      if (triggered) return limitInside(side, limit, open, high, low, fill);
      const at = stopInside(side, price, open, high, low);
      return at === limit || isBeyondLimit(side, limit, at) ? at : NaN;
    }
    default:
      return stopInside(side, price, open, high, low);
  }
}
