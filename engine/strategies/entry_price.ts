import { InputError } from "../errors/mod.ts";
import { Series } from "../series/mod.ts";

/** Where an entry waits: for a price as good as its limit, or for the market to reach its trigger. */
export interface EntryPrice {
  readonly kind: "limit" | "stop";
  /** Quote units; rounded to the tick so that it is never worse than asked for. */
  readonly price: number;
}

/** The same as a rule: the series' value on the candle of the signal. */
export interface EntryRule {
  readonly kind: "limit" | "stop";
  readonly price: Series;
  /** Candles after which an entry that has not filled is taken back; without it, it waits for an exit signal. */
  readonly validFor: number | null;
}

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

function entryAt(
  kind: "limit" | "stop",
  price: number | Series,
  { validFor }: Waiting = {},
): EntryPrice | EntryRule {
  if (price instanceof Series) {
    if (validFor === undefined || (Number.isInteger(validFor) && validFor >= 1)) {
      return { kind, price, validFor: validFor ?? null };
    }
    throw new InputError("entry-price", `an entry cannot wait for ${validFor} candles: use a whole number from 1 up`);
  }
  if (price > 0 && Number.isFinite(price)) return { kind, price };
  throw new InputError("entry-price", `an entry cannot wait at a ${kind} of ${price}: use a price above 0`);
}
