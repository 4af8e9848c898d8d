import { InputError } from "../errors/mod.ts";

/** Where an entry waits: for a price as good as its limit, or for the market to reach its trigger. */
export interface EntryPrice {
  readonly kind: "limit" | "stop";
  /** Quote units; rounded to the tick so that it is never worse than asked for. */
  readonly price: number;
}

/** An entry that waits for this price or a better one. @throws {InputError} `entry-price` for a price that is not above 0. */
export function limitAt(price: number): EntryPrice {
  return { kind: "limit", price: checked(price, "limit") };
}

/** An entry that goes to the market once this price trades. @throws {InputError} `entry-price` for a price that is not above 0. */
export function stopAt(price: number): EntryPrice {
  return { kind: "stop", price: checked(price, "stop") };
}

function checked(price: number, what: string): number {
  if (price > 0 && Number.isFinite(price)) return price;
  throw new InputError("entry-price", `an entry cannot wait at a ${what} of ${price}: use a price above 0`);
}
