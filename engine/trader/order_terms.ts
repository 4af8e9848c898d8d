import { type Quantity, quantityFromNumber } from "../money/mod.ts";
import { type OrderTerms, PLAIN_TERMS } from "../orders/mod.ts";
import { inForce, type RequestTerms } from "../strategies/mod.ts";
import { DAY_MS, type TimestampMs } from "../time/mod.ts";

/** A strategy's terms as the venue takes them: a day ends at the next 00:00 UTC, an iceberg shows at least a lot. */
export function orderTerms(terms: RequestTerms | undefined, nowMs: TimestampMs, lot: Quantity): OrderTerms {
  if (terms === undefined) return PLAIN_TERMS;
  const { postOnly = false, display } = terms, { timeInForce = "GTC", expires } = inForce(terms);
  const shown = display === undefined ? null : quantityFromNumber(display, lot);
  return {
    timeInForce,
    expiresAtMs: expires === undefined ? null : expires === "day" ? endOfDay(nowMs) : expires as TimestampMs,
    postOnly,
    displayQuantity: shown !== null && shown < lot ? lot : shown,
  };
}

/** True of what is to rest until a moment that is over. */
export function isExpired({ expiresAtMs }: OrderTerms, nowMs: TimestampMs): boolean {
  return expiresAtMs !== null && nowMs >= expiresAtMs;
}

function endOfDay(nowMs: TimestampMs): TimestampMs {
  return (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS as TimestampMs;
}
