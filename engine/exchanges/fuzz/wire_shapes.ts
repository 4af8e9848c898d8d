// Answers of venues in the shapes of their documentation: Binance spot and USDⓈ-M, Coinbase Advanced Trade.
interface Shapes {
  readonly symbol: string;
  readonly apiKey?: string;
  readonly secret?: string;
  readonly markets: unknown;
  /** By the call of the port. */
  readonly answers: Readonly<Record<string, unknown>>;
}

const T = 1_800_000_000_000;
const binanceMarket = {
  symbol: "BTCUSDT",
  pair: "BTCUSDT",
  status: "TRADING",
  baseAsset: "BTC",
  quoteAsset: "USDT",
  marginAsset: "USDT",
  isSpotTradingAllowed: true,
  permissions: ["SPOT"],
  baseAssetPrecision: 8,
  quotePrecision: 8,
  pricePrecision: 2,
  quantityPrecision: 3,
  orderTypes: ["LIMIT", "MARKET"],
  filters: [
    { filterType: "PRICE_FILTER", minPrice: "0.01", maxPrice: "1000000", tickSize: "0.01" },
    { filterType: "LOT_SIZE", minQty: "0.00001", maxQty: "9000", stepSize: "0.00001" },
    { filterType: "MIN_NOTIONAL", notional: "5", minNotional: "5" },
  ],
};
const order = {
  symbol: "BTCUSDT",
  orderId: 28,
  clientOrderId: "run-0-x-e0",
  transactTime: T,
  time: T,
  updateTime: T,
  price: "100.00",
  avgPrice: "0.00",
  origQty: "0.01",
  executedQty: "0.00",
  cumQuote: "0",
  cummulativeQuoteQty: "0.00",
  status: "NEW",
  timeInForce: "GTC",
  type: "LIMIT",
  side: "BUY",
  stopPrice: "0.0",
  fills: [],
};
const ticker = {
  symbol: "BTCUSDT",
  priceChange: "-94.99",
  lastPrice: "65000.10",
  lastQty: "0.2",
  bidPrice: "65000.00",
  bidQty: "1.5",
  askPrice: "65000.20",
  askQty: "2",
  openPrice: "65100",
  highPrice: "65500",
  lowPrice: "64000",
  volume: "8913.3",
  quoteVolume: "579364500",
  openTime: T - 86_400_000,
  closeTime: T,
  firstId: 1,
  lastId: 9,
  count: 9,
};
const binance = {
  keyPermissions: {
    ipRestrict: true,
    createTime: T,
    enableReading: true,
    enableSpotAndMarginTrading: true,
    enableWithdrawals: false,
    enableInternalTransfer: false,
    permitsUniversalTransfer: false,
    enableFutures: false,
    enableMargin: false,
  },
  candles: [0, 1, 2].map((
    i,
  ) => [T + i * 60_000, "100.5", "102", "99.25", "101", "3.5", T + i * 60_000 + 59_999, "350", 5, "2", "200", "0"]),
  trades: [1, 2].map((a) => ({ a, p: "65000.1", q: "0.25", f: a, l: a, T: T + a, m: true, M: true })),
  ticker,
  book: {
    lastUpdateId: 7,
    E: T,
    T,
    bids: [["65000.00", "1.5"], ["64999.9", "2"]],
    asks: [["65000.20", "2"], ["65001", "0.1"]],
  },
  openOrders: [order],
  fills: [{
    symbol: "BTCUSDT",
    id: 5,
    orderId: 28,
    price: "100.0",
    qty: "0.01",
    quoteQty: "1",
    commission: "0.00001",
    commissionAsset: "BNB",
    time: T,
    isBuyer: true,
    buyer: true,
    maker: false,
    isMaker: false,
    side: "BUY",
  }],
  submit: order,
};

/** By adapter: a list of its markets, and an answer for each call of the port that it is fuzzed with. */
export const WIRE_SHAPES: Readonly<Record<string, Shapes>> = {
  binance: {
    symbol: "BTC/USDT",
    markets: { timezone: "UTC", serverTime: T, symbols: [binanceMarket] },
    answers: {
      ...binance,
      balances: {
        updateTime: T,
        balances: [{ asset: "BTC", free: "1.5", locked: "0.25" }, { asset: "USDT", free: "10", locked: "0" }],
      },
    },
  },
  "binance-usdm": {
    symbol: "BTC/USDT",
    markets: { timezone: "UTC", serverTime: T, symbols: [{ ...binanceMarket, contractType: "PERPETUAL" }] },
    answers: {
      ...binance,
      funding: [{ symbol: "BTCUSDT", fundingRate: "0.0001", fundingTime: T, markPrice: "65000.5" }],
    },
  },
  coinbase: {
    symbol: "BTC/USD",
    markets: {
      products: [{
        product_id: "BTC-USD",
        price: "65000",
        base_increment: "0.00000001",
        quote_increment: "0.01",
        price_increment: "0.01",
        base_min_size: "0.00000001",
        quote_min_size: "1",
        status: "online",
        product_type: "SPOT",
        base_currency_id: "BTC",
        quote_currency_id: "USD",
        trading_disabled: false,
      }],
      num_products: 1,
    },
    answers: {
      keyPermissions: { can_view: true, can_trade: true, can_transfer: false, portfolio_type: "DEFAULT" },
      candles: {
        candles: [2, 1, 0].map((i) => ({
          start: `${T / 1000 + i * 60}`,
          low: "99.25",
          high: "102",
          open: "100.5",
          close: "101",
          volume: "3.5",
        })),
      },
      trades: {
        trades: [{
          trade_id: "9",
          product_id: "BTC-USD",
          price: "65000.1",
          size: "0.25",
          time: "2026-11-26T10:00:00.123Z",
          side: "BUY",
        }],
        best_bid: "65000",
        best_ask: "65000.2",
      },
      ticker: {
        trades: [{
          trade_id: "9",
          product_id: "BTC-USD",
          price: "65000.1",
          size: "0.25",
          time: "2026-11-26T10:00:00Z",
          side: "BUY",
        }],
        best_bid: "65000",
        best_ask: "65000.2",
      },
      book: {
        pricebook: {
          product_id: "BTC-USD",
          bids: [{ price: "65000", size: "1.5" }],
          asks: [{ price: "65000.2", size: "2" }],
          time: "2026-11-26T10:00:00Z",
        },
      },
    },
  },
};
