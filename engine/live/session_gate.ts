import type { OrderIntent } from "../orders/mod.ts";

/** What a session may do at the venue, from the least on. */
export type TradingMode = "readOnly" | "reduceOnly" | "trade";

/** Why an order must not leave, or null: asked at the last moment before its first byte. */
export interface SessionGate {
  refusalOf(order: Pick<OrderIntent, "reduceOnly" | "decidedAtMs">): string | null;
  /** The same of what takes an order back: the kill switch and a lost lease do not hold it up, `readOnly` does. */
  cancelRefusal(): string | null;
}

/** What a gate looks at. Each is read anew every time, so that none can be true for longer than it is. */
export interface GateParts {
  /** Why nothing may leave any more, from the kill switch; null where it is not set. */
  readonly killed: () => string | null;
  readonly mode: () => TradingMode;
  /** True while the lease holds for sure, by a clock that nobody can set. */
  readonly leads: () => boolean;
  readonly nowMs: () => number;
  /** New exposure is sent for so long after it was decided; {@linkcode DECISION_LASTS_MS} unless stated. */
  readonly decisionLastsMs?: number;
  /** Why this machine is not fit to open positions; null, or left out, where it is. */
  readonly unfit?: () => string | null;
}

/** New exposure is sent for so long after it was decided; what waited longer for the database is decided anew (I8, I11). */
export const DECISION_LASTS_MS = 30_000;

/** Kill switch first: it needs neither the database nor the lease nor anybody's leave (I10). */
export function sessionGate({ killed, mode, leads, nowMs, unfit = () => null, ...own }: GateParts): SessionGate {
  const { decisionLastsMs = DECISION_LASTS_MS } = own;
  return {
    refusalOf({ reduceOnly, decidedAtMs }) {
      const reason = killed();
      // What takes a position to nothing is what a kill that flattens asks for; nothing else is sent.
      if (reason !== null && !reduceOnly) return `the kill switch is set: ${reason}`;
      if (!leads()) return "another process may lead by now";
      if (!reduceOnly && nowMs() - decidedAtMs > decisionLastsMs) return "it was decided too long ago";
      const cause = reduceOnly ? null : unfit();
      if (cause !== null) return cause;
      const allowed = mode();
      if (allowed === "readOnly") return "the mode is readOnly";
      return allowed === "reduceOnly" && !reduceOnly ? "the mode is reduceOnly" : null;
    },
    cancelRefusal: () => mode() === "readOnly" ? "the mode is readOnly" : null,
  };
}
