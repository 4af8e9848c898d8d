import { InputError } from "../errors/mod.ts";
import { type TimeInForce, TIMES_IN_FORCE } from "../orders/mod.ts";
import { type EntryPlace, kindAt } from "./entry_price.ts";

/** How long an order works and how it may trade, as a strategy says it. */
export interface RequestTerms {
  /**
   * `IOC`: what does not trade at once is dropped; `FOK`: whole and at once, or not at all; `DAY`: until the next 00:00
   * UTC; `GTD`: until `expires`. `GTC` without it.
   */
  readonly timeInForce?: TimeInForce | "GTD" | "DAY";
  /** `day`: until the next 00:00 UTC; or the moment at which the rest is dropped (good till date), ms since 1970. */
  readonly expires?: "day" | number;
  /** Of a limit: refused where it would trade at once, so that it never pays a taker's fee. */
  readonly postOnly?: boolean;
  /** Of a limit: an iceberg, of which the book shows so many base units at a time. */
  readonly display?: number;
}

/** The terms among options; undefined where there are none. @throws {InputError} `terms` where they contradict. */
export function termsOf(options: RequestTerms, at: EntryPlace | null): RequestTerms | undefined {
  return termsOfKind(options, kindAt(at));
}

/** The same for an order of a kind. */
export function termsOfKind(options: RequestTerms, kind: ReturnType<typeof kindAt>): RequestTerms | undefined {
  const { postOnly, display } = options;
  const hasNone = options.timeInForce === undefined && options.expires === undefined && postOnly === undefined;
  if (hasNone && display === undefined) return undefined;
  const { timeInForce, expires } = inForce(options);
  checkTerms({ ...options, ...inForce(options) }, kind);
  return {
    ...(timeInForce === undefined ? {} : { timeInForce }),
    ...(expires === undefined ? {} : { expires }),
    ...(postOnly === undefined ? {} : { postOnly }),
    ...(display === undefined ? {} : { display }),
  };
}

/** What venues call DAY and GTD are orders that rest until a moment. */
export function inForce(
  { timeInForce, expires }: RequestTerms,
): { readonly timeInForce?: TimeInForce; readonly expires?: "day" | number } {
  if (timeInForce !== "DAY" && timeInForce !== "GTD") {
    return { ...(timeInForce === undefined ? {} : { timeInForce }), ...(expires === undefined ? {} : { expires }) };
  }
  const until = timeInForce === "DAY" ? expires ?? "day" : expires;
  if (until !== undefined) return { timeInForce: "GTC", expires: until };
  throw new InputError("terms", 'a GTD order needs its end: state "expires" in milliseconds since 1970');
}

/** @throws {InputError} `terms` where the terms do not fit the kind of order, or each other. */
export function checkTerms(
  { timeInForce = "GTC", expires, postOnly = false, display }: RequestTerms,
  kind: ReturnType<typeof kindAt>,
): void {
  const fault = (message: string) => {
    throw new InputError("terms", message);
  };
  if (!(TIMES_IN_FORCE as readonly string[]).includes(timeInForce)) {
    fault(`"${timeInForce}" is no time in force: use GTC, IOC, FOK, GTD or DAY`);
  }
  if (postOnly && (kind !== "limit" || timeInForce !== "GTC")) {
    fault(`only a limit that may rest can be post-only, not a ${kind} order ${timeInForce}: use limitAt with GTC`);
  }
  if (timeInForce !== "GTC" && kind !== "market" && kind !== "limit") {
    fault(`a ${kind} order waits for its trigger and cannot be ${timeInForce}: use limitAt, or no price`);
  }
  if (display !== undefined && !(display > 0 && display < Infinity)) {
    fault(`an iceberg cannot show ${display} base units: use a number above 0`);
  }
  if (display !== undefined && kind !== "limit") fault(`a ${kind} order cannot be an iceberg: use limitAt`);
  if (expires !== undefined && expires !== "day" && !(expires > 0 && expires < Infinity)) {
    fault(`an order cannot end at ${expires}: use "day" or milliseconds since 1970`);
  }
}
