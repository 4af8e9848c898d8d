import type { Outcome } from "../errors/mod.ts";
import type { Notice } from "./notice.ts";

/** What has become of a notice; `refused` with {@linkcode RATE_LIMITED} is over after a while. */
export type Delivery = Outcome<null> & {
  /** Before that nothing is to be sent there, says the other side. */
  readonly retryAfterMs?: number;
};

/** Code of a refusal that is none of the notice: there were too many. */
export const RATE_LIMITED = "rate-limited";

/** It has arrived. */
export const DELIVERED: Delivery = { kind: "done", value: null };

/** Where notices go: a channel, or the desk before several of them. */
export interface Notifier {
  /** Tells what has become of it; never rejects. */
  send(notice: Notice): Promise<Delivery>;
}

/**
 * True of what is sent once more. That goes for an unknown outcome too, unlike an order's: a notice that comes twice does
 * no harm, one that never comes may.
 */
export function mayComeLater(delivery: Delivery): boolean {
  if (delivery.kind === "refused") return delivery.code === RATE_LIMITED;
  return delivery.kind !== "done";
}

/** In words, for a log. */
export function deliveryText(delivery: Delivery): string {
  return delivery.kind === "done" ? "delivered" : delivery.reason;
}
