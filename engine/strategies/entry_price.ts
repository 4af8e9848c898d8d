import { InputError } from "../errors/mod.ts";
import { Series } from "../series/mod.ts";
import { isTrailing, type TrailingStop } from "./protection.ts";

/**
 * Where an entry waits (or an exit that was asked for): for a price as good as its limit; for the market to reach its
 * trigger against it (`stop`), then at the market or, with a limit, no worse than that; or for the market to touch a
 * trigger on the good side (`take-profit`), then at the market.
 */
export type EntryPrice =
  | {
    readonly kind: "limit" | "stop" | "take-profit";
    /** Quote units; rounded to the tick so that it is never worse than asked for. */
    readonly price: number;
  }
  | { readonly kind: "stop-limit"; readonly price: number; readonly limit: number };

/**
 * Where an entry waits: at a price, or at a trigger that follows the market at a distance, as trailing stops do: a buy
 * above the lowest price since it was sent, a sale below the highest. `context.buy({ at: trailingPercent(2) })`.
 */
export type EntryPlace = EntryPrice | TrailingStop;

/** The kind of order that waits there; `market` for none. @throws {InputError} `entry-price` for a trailing limit. */
export function kindAt(at: EntryPlace | null): EntryPrice["kind"] | "market" | "trailing-stop" {
  if (at === null) return "market";
  if (!isTrailingEntry(at)) return at.kind;
  if (at.limit === undefined) return "trailing-stop";
  throw new InputError(
    "entry-price",
    "an entry that trails goes to the market when it is reached: leave its limit out",
  );
}

/** True for an entry whose trigger follows the market. */
export function isTrailingEntry(at: EntryPlace | null): at is TrailingStop {
  return at !== null && isTrailing(at as TrailingStop);
}

/** The same as a rule: the series' value on the candle of the signal. */
export type EntryRule =
  & (
    | { readonly kind: "limit" | "stop" | "take-profit"; readonly price: Series }
    | { readonly kind: "stop-limit"; readonly price: Series; readonly limit: Series }
  )
  & {
    /** Candles after which what has not filled is taken back; without it, it waits for an exit signal. */
    readonly validFor: number | null;
  };

/** How long a rule's entry waits. */
export interface Waiting {
  readonly validFor?: number;
}

/**
 * An entry that waits for this price or a better one.
 *
 * @throws {InputError} `entry-price` for a price that is not above 0, or a time that is not a number of candles.
 */
export function limitAt(price: number): EntryPrice;
export function limitAt(price: Series, waiting?: Waiting): EntryRule;
export function limitAt(price: number | Series, waiting?: Waiting): EntryPrice | EntryRule {
  return entryAt("limit", price, waiting);
}

/**
 * An entry that goes to the market once this price trades.
 *
 * @throws {InputError} `entry-price` for a price that is not above 0, or a time that is not a number of candles.
 */
export function stopAt(price: number): EntryPrice;
export function stopAt(price: Series, waiting?: Waiting): EntryRule;
export function stopAt(price: number | Series, waiting?: Waiting): EntryPrice | EntryRule {
  return entryAt("stop", price, waiting);
}

/**
 * An entry that becomes a limit order once its trigger trades: it is never filled at a price worse than its limit.
 *
 * @throws {InputError} `entry-price` for a price that is not above 0, or a time that is not a number of candles.
 */
export function stopLimitAt(trigger: number, limit: number): EntryPrice;
export function stopLimitAt(trigger: Series, limit: Series, waiting?: Waiting): EntryRule;
export function stopLimitAt(
  trigger: number | Series,
  limit: number | Series,
  waiting: Waiting = {},
): EntryPrice | EntryRule {
  if (trigger instanceof Series && limit instanceof Series) {
    return { kind: "stop-limit", price: trigger, limit, validFor: checkedWaiting(waiting) };
  }
  return {
    kind: "stop-limit",
    price: checkedPrice("stop", trigger as number),
    limit: checkedPrice("limit", limit as number),
  };
}

/**
 * An entry that goes to the market once the market has come to this price: a buy below it, a sale above ("market if
 * touched").
 *
 * @throws {InputError} `entry-price` for a price that is not above 0, or a time that is not a number of candles.
 */
export function touchAt(price: number): EntryPrice;
export function touchAt(price: Series, waiting?: Waiting): EntryRule;
export function touchAt(price: number | Series, waiting?: Waiting): EntryPrice | EntryRule {
  return entryAt("take-profit", price, waiting);
}

/** True when both wait at the same place. */
export function sameEntryPrice(a: EntryPrice, b: EntryPrice): boolean {
  return a.kind === b.kind && a.price === b.price && limitOf(a) === limitOf(b);
}

function limitOf(at: EntryPrice): number | null {
  return at.kind === "stop-limit" ? at.limit : null;
}

function entryAt(
  kind: "limit" | "stop" | "take-profit",
  price: number | Series,
  waiting: Waiting = {},
): EntryPrice | EntryRule {
  if (price instanceof Series) return { kind, price, validFor: checkedWaiting(waiting) };
  return { kind, price: checkedPrice(kind === "take-profit" ? "trigger" : kind, price) };
}

function checkedWaiting({ validFor }: Waiting): number | null {
  if (validFor === undefined || (Number.isInteger(validFor) && validFor >= 1)) return validFor ?? null;
  throw new InputError("entry-price", `an entry cannot wait for ${validFor} candles: use a whole number from 1 up`);
}

function checkedPrice(kind: string, price: number): number {
  if (price > 0 && Number.isFinite(price)) return price;
  throw new InputError("entry-price", `an entry cannot wait at a ${kind} of ${price}: use a price above 0`);
}
