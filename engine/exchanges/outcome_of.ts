import { isCodedError, type Outcome } from "../errors/mod.ts";
import { type Call, HeldBack } from "./call.ts";
import type { Dialect } from "./dialect.ts";
import { NotConnected } from "./transport.ts";

/** A frame that has arrived and does not have the fields that it must have. */
export class BadFrame extends Error {
  override readonly name = "BadFrame";
}

/** The library's classes that say no by the venue's rules or by its own check of the request, and what we call them. */
const REFUSALS: readonly (readonly [className: string, code: string])[] = [
  ["OrderNotFound", "order-not-found"],
  ["OrderNotFillable", "not-fillable"],
  ["OrderImmediatelyFillable", "would-cross"],
  ["InsufficientFunds", "insufficient-funds"],
  ["InvalidOrder", "invalid-order"],
  ["BadSymbol", "unknown-symbol"],
  ["PermissionDenied", "permission-denied"],
  ["AccountSuspended", "account-suspended"],
  ["AuthenticationError", "authentication"],
  ["ArgumentsRequired", "invalid-request"],
  ["BadRequest", "invalid-request"],
  ["InvalidNonce", "clock-skew"],
  ["MarketClosed", "market-closed"],
  ["OperationRejected", "rejected"],
  ["NotSupported", "not-supported"],
];

/** The market is beyond the price of a stop: each venue has its own words, and the library several classes for them. */
const TRIGGERS_AT_ONCE = /would (immediately )?trigger|trigger immediately|STOP_PRICE_(ABOVE|BELOW)_LAST_TRADE_PRICE/i;

/**
 * What is known of a call that has failed, by its effect and by how far its request came; the cause of the error decides
 * nothing else. After the first byte only an answer that says no proves that nothing happened (RELIABILITY §1.2).
 */
export function failureOutcome(error: unknown, call: Call, dialect: Dialect): Outcome<never> {
  const { wasSent, status, isJson, code } = call.request;
  const reason = reasonOf(error);
  if (error instanceof HeldBack) return { kind: "refused", code: error.code, reason };
  // Markets may have to be loaded before an order: where that fails, the order has not left.
  const isUnchanged = call.effect !== "none" && !call.mayHaveChanged;
  if (!wasSent || isUnchanged || error instanceof NotConnected) {
    const refusal = refusalCode(error);
    if (refusal !== undefined) return { kind: "refused", code: refusal, reason };
    return { kind: "notSent", reason };
  }
  if (status === null) return { kind: "unknown", reason };
  if (status === 429 || status === 418) {
    return { kind: "refused", code: status === 418 ? "banned" : "rate-limited", reason };
  }
  const isAmbiguous = status === 408 || status >= 500 || status < 200 || (status >= 300 && status < 400) ||
    nameIs(error, "DuplicateOrderId") || (error instanceof Error && dialect.ambiguous?.test(error.message) === true);
  if (isAmbiguous) return { kind: "unknown", reason };
  const refusal = refusalCode(error);
  // A sign-in page of a proxy or a cut body proves nothing of an order, whatever its status.
  if (isJson && refusal !== undefined) return { kind: "refused", code: refusal, reason };
  if (isJson && status >= 400) return { kind: "refused", code: code ?? `http-${status}`, reason };
  if (call.effect === "none" && status >= 400) return { kind: "refused", code: refusal ?? `http-${status}`, reason };
  return { kind: "unknown", reason };
}

function refusalCode(error: unknown): string | undefined {
  const code = REFUSALS.find(([name]) => nameIs(error, name))?.[1];
  return code !== undefined && TRIGGERS_AT_ONCE.test((error as Error).message) ? "triggers-at-once" : code;
}

/** True where the error's class, or one above it, has the name. */
function nameIs(error: unknown, name: string): boolean {
  for (let type = Object.getPrototypeOf(error ?? {})?.constructor; type?.name; type = Object.getPrototypeOf(type)) {
    if (type.name === name) return true;
  }
  return false;
}

/** Text for people: bounded, on one line, and without addresses, which carry signatures. */
function reasonOf(error: unknown): string {
  if (isCodedError(error)) return error.message;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return message.replace(/\b(https?|wss?):\/\/[^\s"')]+/g, "(address)").replace(/signature=\w+/g, "signature=…")
    .replace(/\p{Cc}+/gu, " ").slice(0, 300);
}
