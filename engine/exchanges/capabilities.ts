/** What a venue can be asked for through its adapter. */
export interface Capabilities {
  readonly candles: boolean;
  readonly trades: boolean;
  readonly ticker: boolean;
  readonly book: boolean;
  readonly funding: boolean;
  readonly balances: boolean;
  readonly orders: boolean;
  readonly fills: boolean;
  readonly watchCandles: boolean;
  readonly watchTrades: boolean;
  readonly watchTicker: boolean;
  readonly watchBook: boolean;
  readonly watchOrders: boolean;
  readonly watchFills: boolean;
  readonly watchBalances: boolean;
  /** An order can be found by the name that we gave it: what a trading session needs (I2). */
  readonly clientOrderIds: boolean;
  /** Lengths of candles that it gives, as in `1m`. */
  readonly timeframes: readonly string[];
  /** Most candles in one answer. */
  readonly candlesPerRequest: number;
  /** Trades can be asked for from a number on. */
  readonly tradesById: boolean;
  /**
   * After so long the venue refuses a request of ours that was late; null where it has no such rule, and an order whose
   * fate is unknown can only be quarantined (RELIABILITY §1.3).
   */
  readonly requestExpiryMs: number | null;
}

/** Names of the library's methods behind each of them. */
const METHODS = {
  candles: "fetchOHLCV",
  trades: "fetchTrades",
  ticker: "fetchTicker",
  book: "fetchOrderBook",
  funding: "fetchFundingRateHistory",
  balances: "fetchBalance",
  orders: "createOrder",
  fills: "fetchMyTrades",
  watchCandles: "watchOHLCV",
  watchTrades: "watchTrades",
  watchTicker: "watchTicker",
  watchBook: "watchOrderBook",
  watchOrders: "watchOrders",
  watchFills: "watchMyTrades",
  watchBalances: "watchBalance",
} as const;

/** The capability table of an adapter, from what the library says of the venue. */
export function capabilitiesOf(
  has: Readonly<Record<string, unknown>>,
  timeframes: readonly string[],
  own: Pick<Capabilities, "clientOrderIds" | "candlesPerRequest" | "tradesById" | "requestExpiryMs">,
): Capabilities {
  const can = Object.entries(METHODS).map(([name, method]) => [name, has[method] === true]);
  return { ...Object.fromEntries(can) as Record<keyof typeof METHODS, boolean>, ...own, timeframes };
}
