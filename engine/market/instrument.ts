import { InputError } from "../errors/mod.ts";
import { type Notional, notional, type Price, price, type Quantity, quantity } from "../money/mod.ts";

declare const instrumentIdBrand: unique symbol;

/** Exchange and symbol in one word, unique in the whole system: `binance:BTC/USDT`. */
export type InstrumentId = string & { readonly [instrumentIdBrand]: "InstrumentId" };

/** Something that can be traded at one venue, with the grid on which its orders lie. */
export interface Instrument {
  readonly id: InstrumentId;
  /** Venue as the lake names it, lower case: `binance`. */
  readonly exchange: string;
  /** Base and quote with a slash: `BTC/USDT`. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** `spot` cannot be sold short; `linear` is a contract settled in the quote asset that can. */
  readonly kind: "spot" | "linear";
  /** Smallest step of a price. */
  readonly tick: Price;
  /** Smallest step of a quantity. */
  readonly lot: Quantity;
  /** Smallest order, price × quantity, in the quote asset. */
  readonly minNotional: Notional;
  /** Asset in which a fee is taken: the one received in the trade, or always the quote. */
  readonly feeAsset: "received" | "quote";
  /** Digits after the point to which a fee is rounded up. */
  readonly feeDecimals: number;
}

/** What may be said of an instrument; the rest has defaults that do not round real exchange data. */
export interface InstrumentOptions {
  readonly exchange: string;
  readonly symbol: string;
  readonly kind?: Instrument["kind"];
  readonly tick?: string;
  readonly lot?: string;
  readonly minNotional?: string;
  readonly feeAsset?: Instrument["feeAsset"];
  readonly feeDecimals?: number;
}

const EXCHANGE = /^[a-z0-9][a-z0-9-]*$/;
const SYMBOL = /^([A-Z0-9][A-Z0-9.-]*)\/([A-Z0-9]+)$/;

/**
 * Makes an instrument. Without further words: spot, tick and lot 10^-8, no minimum, the fee in the asset received
 * (spot) or in the quote (contract), rounded up at 8 digits.
 *
 * @throws {InputError} `instrument` with the name of the part that is wrong.
 */
export function instrument(options: InstrumentOptions): Instrument {
  const { exchange, symbol, kind = "spot" } = options;
  const [, base, quote] = SYMBOL.exec(symbol) ?? [];
  if (!EXCHANGE.test(exchange)) {
    throw new InputError("instrument", `"${exchange}" is not an exchange's name: use lower case like binance`);
  }
  if (!base || !quote) {
    throw new InputError("instrument", `"${symbol}" is not a symbol: write base and quote like BTC/USDT`);
  }
  const tick = price(options.tick ?? "0.00000001"), lot = quantity(options.lot ?? "0.00000001");
  if (tick <= 0n || lot <= 0n) throw new InputError("instrument", `tick and lot of ${symbol} must be above zero`);
  const feeDecimals = options.feeDecimals ?? 8;
  if (!Number.isInteger(feeDecimals) || feeDecimals < 0 || feeDecimals > 24) {
    throw new InputError("instrument", `feeDecimals of ${symbol} must be a whole number from 0 to 24`);
  }
  return Object.freeze({
    id: `${exchange}:${symbol}` as InstrumentId,
    exchange,
    symbol,
    base,
    quote,
    kind,
    tick,
    lot,
    minNotional: notional(options.minNotional ?? "0"),
    feeAsset: options.feeAsset ?? (kind === "spot" ? "received" : "quote"),
    feeDecimals,
  });
}
