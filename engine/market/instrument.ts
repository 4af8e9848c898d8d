import { InputError } from "../errors/mod.ts";
import {
  AMOUNT_DECIMALS,
  formatDecimal,
  type Notional,
  notional,
  type Price,
  price,
  type Quantity,
  quantity,
  quantityToNumber,
  UNIT_DECIMALS,
} from "../money/mod.ts";
import { type MarginTier, type MarginTiers, marginTiers } from "./margin.ts";

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
  /**
   * `spot` is the asset itself; `linear` is a contract settled in the quote asset, `inverse` one quoted in it and settled
   * in the base asset. See `valueOf`.
   */
  readonly kind: "spot" | "linear" | "inverse";
  /** What one unit of quantity stands for: base units (linear) or quote units (inverse); 1 for spot. */
  readonly contractSize: Quantity;
  readonly contractSizeNumber: number;
  /** Maintenance margin by size; null where none is known, and nothing is liquidated. */
  readonly marginTiers: MarginTiers | null;
  /** Interest on a borrowed unit of the base asset, share an hour; null where spot cannot be sold short. */
  readonly borrowRatePerHour: number | null;
  /** Smallest step of a price. */
  readonly tick: Price;
  /** Smallest step of a quantity. */
  readonly lot: Quantity;
  /** Smallest order by its size in the settlement asset. */
  readonly minNotional: Notional;
  /** Asset in which a fee is taken: the one received in the trade, or always the one that cash is kept in. */
  readonly feeAsset: "received" | "quote";
  /** Digits after the point to which a fee is rounded up. */
  readonly feeDecimals: number;
  /** Fees of this market in place of the account's, as shares of the notional; null where there are none of its own. */
  readonly feeRates: { readonly maker: number; readonly taker: number } | null;
}

/** What may be said of an instrument; the rest has defaults that do not round real exchange data. */
export interface InstrumentOptions {
  readonly exchange: string;
  readonly symbol: string;
  readonly kind?: Instrument["kind"];
  /** Base units of a linear contract, quote units of an inverse one, as decimal text; 1 without it. */
  readonly contractSize?: string;
  readonly marginTiers?: readonly MarginTier[];
  readonly borrowRatePerHour?: number;
  readonly tick?: string;
  readonly lot?: string;
  readonly minNotional?: string;
  readonly feeAsset?: Instrument["feeAsset"];
  readonly feeDecimals?: number;
  /**
   * Fees of this market in basis points, in place of the account's rates, tiers or function; below 0 a rebate. With one
   * of the two alone, it counts for both.
   */
  readonly makerBps?: number;
  readonly takerBps?: number;
}

const EXCHANGE = /^[a-z0-9][a-z0-9-]*$/;
const SYMBOL = /^([A-Z0-9][A-Z0-9.-]*)\/([A-Z0-9]+)$/;

/**
 * Makes an instrument. Without further words: spot, tick and lot 10^-8, no minimum, the fee in the asset received
 * (spot) or in the one that cash is kept in (contract), rounded up at 8 digits.
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
  const contractSize = quantity(options.contractSize ?? "1");
  if (contractSize <= 0n || (kind === "spot" && options.contractSize !== undefined)) {
    throw new InputError(
      "instrument",
      `contractSize of ${symbol} must be above zero, and belongs to linear and inverse contracts only`,
    );
  }
  const borrowRatePerHour = options.borrowRatePerHour ?? null;
  if (borrowRatePerHour !== null && !(kind === "spot" && borrowRatePerHour >= 0 && borrowRatePerHour < 1)) {
    throw new InputError(
      "instrument",
      `borrowRatePerHour of ${symbol} is a share from 0 to 1, and belongs to spot only`,
    );
  }
  const isOwned = kind === "spot" && borrowRatePerHour === null;
  const feeAsset = options.feeAsset ?? (isOwned ? "received" : "quote");
  if (!isOwned && feeAsset === "received") {
    throw new InputError(
      "instrument",
      `${symbol} is a contract or may be sold short, its fees are taken from the cash: leave feeAsset out`,
    );
  }
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
    contractSize,
    contractSizeNumber: quantityToNumber(contractSize),
    marginTiers: options.marginTiers === undefined ? null : marginTiers(options.marginTiers),
    borrowRatePerHour,
    tick,
    lot,
    minNotional: notional(options.minNotional ?? "0"),
    feeAsset,
    feeDecimals,
    feeRates: feeRatesOf(options),
  });
}

const BPS_PER_ONE = 10_000;

function feeRatesOf({ makerBps, takerBps, symbol }: InstrumentOptions): Instrument["feeRates"] {
  const maker = makerBps ?? takerBps, taker = takerBps ?? makerBps;
  if (maker === undefined || taker === undefined) return null;
  for (const bps of [maker, taker]) {
    if (bps > -BPS_PER_ONE && bps < BPS_PER_ONE) continue;
    throw new InputError(
      "instrument",
      `a fee of ${bps} basis points for ${symbol} makes no sense: use one between −10000 and 10000, 10 for 0.1 %`,
    );
  }
  return { maker: maker / BPS_PER_ONE, taker: taker / BPS_PER_ONE };
}

/** True where positions are held on margin, long and short: contracts, and spot whose base can be borrowed. */
export function usesMargin({ kind, borrowRatePerHour }: Instrument): boolean {
  return kind !== "spot" || borrowRatePerHour !== null;
}

/** The asset in which cash, fees, profit and margin of an instrument are kept. */
export function settlementAsset({ kind, base, quote }: Pick<Instrument, "kind" | "base" | "quote">): string {
  return kind === "inverse" ? base : quote;
}

/**
 * What was said of an instrument beside its name when it was made: only what differs from the defaults. What it costs to
 * borrow belongs to an account.
 */
export function statedTerms(own: Instrument): Omit<InstrumentOptions, "exchange" | "symbol"> {
  const { exchange, symbol, kind, marginTiers } = own;
  const usual = instrument(kind === "spot" ? { exchange, symbol } : { exchange, symbol, kind });
  return {
    ...(kind === "spot" ? {} : { kind }),
    ...(own.contractSize === usual.contractSize
      ? {}
      : { contractSize: formatDecimal(own.contractSize, UNIT_DECIMALS) }),
    ...(marginTiers === null ? {} : { marginTiers }),
    ...(own.tick === usual.tick ? {} : { tick: formatDecimal(own.tick, UNIT_DECIMALS) }),
    ...(own.lot === usual.lot ? {} : { lot: formatDecimal(own.lot, UNIT_DECIMALS) }),
    ...(own.minNotional === usual.minNotional ? {} : { minNotional: formatDecimal(own.minNotional, AMOUNT_DECIMALS) }),
    ...(own.feeAsset === usual.feeAsset || own.borrowRatePerHour !== null ? {} : { feeAsset: own.feeAsset }),
    ...(own.feeDecimals === usual.feeDecimals ? {} : { feeDecimals: own.feeDecimals }),
    ...(own.feeRates === null ? {} : {
      makerBps: Number((own.feeRates.maker * BPS_PER_ONE).toPrecision(12)),
      takerBps: Number((own.feeRates.taker * BPS_PER_ONE).toPrecision(12)),
    }),
  };
}
