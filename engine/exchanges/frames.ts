// From the library's unified structures to the port's types, through the schemas: nothing unchecked comes past here.
import type { z } from "zod";
import type { TimestampMs } from "../time/mod.ts";
import type {
  Balance,
  Book,
  BookLevel,
  KeyPermissions,
  Market,
  Ticker,
  VenueCandle,
  VenueFill,
  VenueFunding,
  VenueOrder,
  VenueTrade,
} from "./exchange.ts";
import {
  balanceFrame,
  binanceKeyFrame,
  bookFrame,
  candleFrame,
  coinbaseKeyFrame,
  fillFrame,
  fundingFrame,
  marketFrame,
  moment,
  orderFrame,
  tickerFrame,
  tradeFrame,
} from "./frame.ts";
import { BadFrame } from "./outcome_of.ts";

/** Most rows that any answer may have. */
const ROWS_MAX = 20_000;

/** Every row of an answer, checked. @throws {BadFrame} naming the row and the field. */
export function rowsOf<T>(value: unknown, rowOf: (row: unknown) => T, what: string): T[] {
  if (!Array.isArray(value) || value.length > ROWS_MAX) {
    throw new BadFrame(`${what} are no list of at most ${ROWS_MAX}`);
  }
  return Array.from(value, (row, i) => {
    try {
      return rowOf(row);
    } catch (error) {
      throw error instanceof BadFrame ? new BadFrame(`${what}, row ${i + 1}: ${error.message}`) : error;
    }
  });
}

function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new BadFrame(`${path.join(".") || "it"}: ${message}`);
}

const time = (ms: number) => ms as TimestampMs;

/** A moment of the venue's clock. */
export function momentOf(value: unknown): TimestampMs {
  return time(checked(moment, value));
}

/** A candle whose prices are in order is not asked for here: the lake counts those that are not. */
export function candleOf(value: unknown): VenueCandle {
  // The time stays a number; prices of some sockets come as floats, those of REST as texts.
  const row = Array.isArray(value) ? value.slice(0, 6).map((own, i) => i === 0 ? own : textOfNumber(own)) : value;
  const [openTimeMs, open, high, low, close, volume] = checked(candleFrame, row);
  return { openTimeMs: time(openTimeMs), open, high, low, close, volume };
}

export function tradeOf(value: unknown): VenueTrade {
  const { id, timestamp, side, price, amount } = checked(tradeFrame, value);
  return { id, timeMs: time(timestamp), side, price, quantity: amount };
}

export function tickerOf(value: unknown): Ticker {
  const { timestamp, bid, ask, last } = checked(tickerFrame, value);
  return { timeMs: timestamp === null ? null : time(timestamp), bid, ask, last };
}

/** A book's levels by price: the library sorts texts by their letters. @throws {BadFrame} when the sides cross. */
export function bookOf(value: unknown): Book {
  const frame = checked(bookFrame, plainBook(value));
  const bids = inOrder(frame.bids, -1), asks = inOrder(frame.asks, 1);
  if (bids.length > 0 && asks.length > 0 && Number(bids[0]![0]) >= Number(asks[0]![0])) {
    throw new BadFrame("the best bid is not below the best ask");
  }
  return { timeMs: frame.timestamp === null ? null : time(frame.timestamp), bids, asks };
}

/** Sides of a live book are classes of the library's, with floats from its socket and texts from REST. */
function plainBook(value: unknown): unknown {
  const { timestamp, nonce, bids, asks } = (value ?? {}) as Record<string, unknown>;
  const side = (levels: unknown) =>
    Array.isArray(levels)
      ? Array.from(levels, (level) => Array.isArray(level) ? level.map(textOfNumber) : level)
      : levels;
  return { timestamp, nonce, bids: side(bids), asks: side(asks) };
}

/** A float of a few digits, which is all that venues quote, as the text that it was read from. */
function textOfNumber(value: unknown): unknown {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) return value;
  return value < 1e-6 ? value.toFixed(20).replace(/\.?0+$/, "") : String(value);
}

function inOrder(levels: readonly BookLevel[], sign: 1 | -1): BookLevel[] {
  return levels.filter(([, quantity]) => /[1-9]/.test(quantity))
    .sort(([a], [b]) => sign * (Number(a) - Number(b)));
}

export function fundingOf(value: unknown): VenueFunding {
  const { timestamp, fundingRate } = checked(fundingFrame, value);
  return { timeMs: time(timestamp), rate: fundingRate };
}

const STATUS = {
  open: "open",
  closed: "filled",
  canceled: "cancelled",
  canceling: "open",
  rejected: "refused",
  expired: "expired",
} as const;

export function orderOf(value: unknown): VenueOrder {
  const frame = checked(orderFrame, value);
  const { id, clientOrderId, price, triggerPrice, filled, timestamp } = frame;
  const status = frame.status === null ? null : STATUS[frame.status];
  const timeMs = timestamp === null ? null : time(timestamp);
  const updated = frame.lastUpdateTimestamp ?? frame.lastTradeTimestamp;
  const updatedAtMs = updated === null ? null : time(updated);
  return { id, clientOrderId, status, price, triggerPrice, quantity: frame.amount, filled, updatedAtMs, timeMs };
}

export function fillOf(value: unknown): VenueFill {
  const { id, order, clientOrderId, timestamp, side, price, amount, takerOrMaker, fee } = checked(fillFrame, value);
  return {
    id,
    orderId: order,
    clientOrderId,
    timeMs: time(timestamp),
    side,
    price,
    quantity: amount,
    liquidity: takerOrMaker,
    feeAsset: fee?.currency ?? null,
    fee: fee?.cost ?? null,
  };
}

/** The library keeps balances by asset, beside sums and the raw answer. */
export function balancesOf(value: unknown): Balance[] {
  if (typeof value !== "object" || value === null) throw new BadFrame("balances are no object");
  const { total } = value as { total?: Record<string, unknown> };
  const assets = Object.keys(total ?? {});
  if (assets.length > ROWS_MAX) throw new BadFrame("there are more balances than any venue has assets");
  return assets.map((asset) => {
    const { free, used, total } = checked(balanceFrame, (value as Record<string, unknown>)[asset]);
    return { asset, free, used, total };
  });
}

/** A field that is missing says nothing: the answer is then none (I15). */
export function binancePermissions(value: unknown): KeyPermissions {
  const frame = checked(binanceKeyFrame, value);
  return {
    read: frame.enableReading,
    trade: frame.enableSpotAndMarginTrading || frame.enableFutures === true,
    withdraw: frame.enableWithdrawals,
    transfer: frame.enableInternalTransfer || frame.permitsUniversalTransfer,
    ipRestricted: frame.ipRestrict,
  };
}

/** Transfers of Coinbase go out of the venue as well; to which addresses a key is bound it does not tell. */
export function coinbasePermissions(value: unknown): KeyPermissions {
  const { can_view, can_trade, can_transfer } = checked(coinbaseKeyFrame, value);
  return { read: can_view, trade: can_trade, withdraw: can_transfer, transfer: can_transfer, ipRestricted: null };
}

/** A market, or null where it is none that we trade: options, dated contracts, names that we cannot write. */
export function marketOf(value: unknown): Market | null {
  const frame = checked(marketFrame, value);
  const kind = frame.type === "spot" ? "spot" : frame.type !== "swap" ? null : frame.inverse ? "inverse" : "linear";
  const symbol = `${frame.base}/${frame.quote}`;
  if (kind === null || !/^[A-Z0-9][A-Z0-9.-]*\/[A-Z0-9]+$/.test(symbol)) return null;
  return {
    venueSymbol: frame.id,
    symbol,
    base: frame.base,
    quote: frame.quote,
    kind,
    isActive: frame.active ?? true,
    tick: frame.precision.price,
    lot: frame.precision.amount,
    minQuantity: frame.limits.amount?.min ?? null,
    minNotional: frame.limits.cost?.min ?? null,
    contractSize: kind === "spot" ? null : frame.contractSize,
    listedAtMs: frame.created === null ? null : time(frame.created),
  };
}
