import { assert } from "../errors/mod.ts";

/**
 * The life of an order. `unknown` means that it may or may not be at the venue; it ends by news from the venue, by a
 * proof of absence, or in quarantine, never by sending again.
 */
export type OrderState =
  | "approved"
  | "recorded"
  | "sending"
  | "unknown"
  | "quarantined"
  | "open"
  | "partiallyFilled"
  | "filled"
  | "cancelled"
  | "expired"
  | "refused"
  | "absent";

const AT_THE_VENUE: readonly OrderState[] = ["open", "partiallyFilled", "filled", "cancelled", "expired"];

/** Every step that an order may take; all others are bugs. None goes back: what was proven unsent is decided anew. */
const STEPS: Readonly<Record<OrderState, readonly OrderState[]>> = {
  approved: ["recorded", "refused"],
  recorded: ["sending", "refused"],
  sending: ["refused", "unknown", ...AT_THE_VENUE],
  unknown: ["refused", "absent", "quarantined", ...AT_THE_VENUE],
  quarantined: ["refused", "absent", ...AT_THE_VENUE],
  open: ["partiallyFilled", "filled", "cancelled", "expired"],
  partiallyFilled: ["filled", "cancelled", "expired"],
  filled: [],
  cancelled: [],
  expired: [],
  refused: [],
  absent: [],
};

/** True when nothing more can happen to the order. */
export function isTerminal(state: OrderState): boolean {
  return STEPS[state].length === 0;
}

/** True when the step is allowed. */
export function canStep(from: OrderState, to: OrderState): boolean {
  return STEPS[from].includes(to);
}

/** All steps, for tests and diagrams. */
export function allSteps(): { from: OrderState; to: OrderState }[] {
  return (Object.keys(STEPS) as OrderState[]).flatMap((from) => STEPS[from].map((to) => ({ from, to })));
}

/** Asserts that the step is allowed: the state of an order only goes forward (invariant I6). */
export function assertStep(from: OrderState, to: OrderState): void {
  // The message is put together only when it is needed: every order comes by here several times.
  if (!canStep(from, to)) assert(false, `an order cannot go from ${from} to ${to}`);
}
