// What may come in from a venue, field by field. Decimals stay text until the engine's exact types or columns take them.
import { z } from "zod";

/** Plain decimal text, as venues write money; at most 40 characters, so that nobody's digits fill the memory. */
const decimal = z.preprocess(
  (value) => value === 0 ? "0" : value,
  z.string().max(40).regex(/^-?\d+(\.\d+)?$/, "is no decimal number"),
);
const positive = z.string().max(40).regex(/^(?=[\d.]*[1-9])\d+(\.\d+)?$/, "is no number above 0");
const notNegative = z.preprocess(
  (value) => value === 0 ? "0" : value,
  z.string().max(40).regex(/^\d+(\.\d+)?$/, "is no number from 0 up"),
);
/** 2009 to 2100 in milliseconds: seconds and microseconds fall outside (fault 38). */
export const moment = z.int().min(1_230_768_000_000).max(4_102_444_800_000);
const id = z.union([z.string().min(1).max(128), z.int().nonnegative().transform(String)]);
const word = z.string().min(1).max(64);
/** Absent, however the library says it. */
function perhaps<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? null);
}
const side = z.enum(["buy", "sell"]);

/** One closed or forming candle: open time, open, high, low, close, volume. */
export const candleFrame = z.tuple([moment, positive, positive, positive, positive, notNegative]);

/** A trade of the market. */
export const tradeFrame = z.object({
  id: perhaps(id),
  timestamp: moment,
  side: perhaps(side),
  price: positive,
  amount: positive,
});

/** What the market quotes now. */
export const tickerFrame = z.object({
  timestamp: perhaps(moment),
  bid: perhaps(positive),
  ask: perhaps(positive),
  last: perhaps(positive),
});

const level = z.array(z.unknown()).min(2).max(4).transform(([price, quantity]) => [price, quantity])
  .pipe(z.tuple([positive, notNegative]));

/** A book; levels in any order, empty ones allowed. */
export const bookFrame = z.object({
  timestamp: perhaps(moment),
  nonce: perhaps(z.int().nonnegative()),
  bids: z.array(level).max(20_000),
  asks: z.array(level).max(20_000),
});

/** A settlement of a contract's funding. */
export const fundingFrame = z.object({
  timestamp: moment,
  fundingRate: decimal.refine((rate) => Math.abs(Number(rate)) < 1, "is no share below 1"),
});

/** Amounts of one asset. */
export const balanceFrame = z.object({ free: notNegative, used: notNegative, total: notNegative });

/** An order as the venue tells it. */
export const orderFrame = z.object({
  id: perhaps(id),
  clientOrderId: perhaps(word),
  symbol: perhaps(word),
  timestamp: perhaps(moment),
  lastUpdateTimestamp: perhaps(moment),
  lastTradeTimestamp: perhaps(moment),
  status: perhaps(z.enum(["open", "closed", "canceled", "canceling", "rejected", "expired"])),
  side: perhaps(side),
  price: perhaps(notNegative),
  triggerPrice: perhaps(notNegative),
  amount: perhaps(notNegative),
  filled: perhaps(notNegative),
});

/** An execution of an order of ours. */
export const fillFrame = z.object({
  id,
  order: perhaps(id),
  clientOrderId: perhaps(word),
  symbol: perhaps(word),
  timestamp: moment,
  side,
  price: positive,
  amount: positive,
  takerOrMaker: perhaps(z.enum(["taker", "maker"])),
  fee: perhaps(z.object({ cost: perhaps(decimal), currency: perhaps(word) })),
});

/** A market with the grid on which its orders lie. */
export const marketFrame = z.object({
  id: z.string().min(1).max(128),
  symbol: z.string().min(3).max(64),
  base: word,
  quote: word,
  type: word,
  active: perhaps(z.boolean()),
  linear: perhaps(z.boolean()),
  inverse: perhaps(z.boolean()),
  contractSize: perhaps(positive),
  created: perhaps(moment),
  precision: z.object({ price: perhaps(positive), amount: perhaps(positive) }),
  limits: z.object({
    amount: perhaps(z.object({ min: perhaps(notNegative) })),
    cost: perhaps(z.object({ min: perhaps(notNegative) })),
  }),
});

/** What a key of Binance may do. Source: Binance Spot API documentation, "Get API Key Permission". */
export const binanceKeyFrame = z.object({
  ipRestrict: z.boolean(),
  enableReading: z.boolean(),
  enableWithdrawals: z.boolean(),
  enableInternalTransfer: z.boolean(),
  permitsUniversalTransfer: z.boolean(),
  enableSpotAndMarginTrading: z.boolean(),
  enableFutures: perhaps(z.boolean()),
});

/** What a key of Coinbase may do. Source: Advanced Trade REST API, "Get API Key Permissions". */
export const coinbaseKeyFrame = z.object({ can_view: z.boolean(), can_trade: z.boolean(), can_transfer: z.boolean() });
