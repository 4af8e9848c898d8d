// Published examples of venues as whole runs: the position is opened at the example's price, then the market moves.
import assert from "node:assert/strict";
import { type CandleColumns, candleColumns, fundingColumns, type FundingRow, instrument } from "../market/mod.ts";
import { close } from "../series/mod.ts";
import { defineStrategy } from "../strategies/mod.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { parseRunSpec, runBacktest, type RunSpecInput, type VenueFeed } from "./mod.ts";

const hour = timeframe("1h"), HOUR = 3_600_000, START = Date.UTC(2024, 0, 1, 10);
const long = defineStrategy({ id: "long", params: {}, rules: () => ({ enter: close.gt(0) }) });
const short = defineStrategy({ id: "short", params: {}, rules: () => ({ enterShort: close.gt(0) }) });

interface Example {
  readonly symbol: string;
  readonly market: object;
  readonly account: RunSpecInput["account"];
  readonly units: number;
  readonly side?: "long" | "short";
  /** The price at which the position is opened, then low and high of the candles after. */
  readonly entry: number;
  readonly after: readonly (readonly [open: number, low: number, high: number, close: number])[];
  readonly costs?: RunSpecInput["costs"];
  readonly feed?: (market: CandleColumns) => VenueFeed;
}

async function runOf({ symbol, market, account, units, side = "long", entry, after, costs, feed }: Example) {
  const columns = candleColumns(
    instrument({ exchange: "venue", symbol }),
    hour,
    [[entry, entry, entry, entry] as const, ...after].map(([open, low, high, close], i) => ({
      openTimeMs: (START + i * HOUR) as TimestampMs,
      open,
      high,
      low,
      close,
      volume: 1_000_000,
    })),
  );
  const spec = parseRunSpec({
    strategy: side,
    timeframe: "1h",
    markets: [{ exchange: "venue", symbol, tick: "0.01", lot: "0.001", ...market }],
    account,
    costs: costs ?? { makerBps: 0, takerBps: 0 },
    sizing: { kind: "units", units },
    limits: { maxEntriesPerDay: 1 },
  });
  const strategy = side === "long" ? long : short;
  return await runBacktest(spec, strategy.bind(), [columns], undefined, {}, feed ? [feed(columns)] : []);
}
const flat = (maintenanceRate: number, maxLeverage = 100) => [{ fromNotional: 0, maintenanceRate, maxLeverage }];
const onEntry = { settleAt: "bankruptcy-price", maintenanceOn: "entry" } as const;
const cents = (value: number) => Number(value.toFixed(2));

Deno.test("Bybit, Liquidation Price (USDT Contract): the long at 20,000 with 50x lives at 19,700.01 and is gone at 19,700", async () => {
  // https://testnet.bybit.com/en-US/help-center/s/article/Liquidation-Price-USDT-Contract, settled at the bankruptcy price:
  // all of the margin of 400 is lost
  const example = (low: number) =>
    runOf({
      symbol: "BTC/USDT",
      market: { kind: "linear", marginTiers: flat(0.005) },
      account: { cashQuote: 1_000, leverage: 50, marginMode: "isolated", liquidation: onEntry },
      units: 1,
      entry: 20_000,
      after: [[20_000, low, 20_000, 19_900]],
    });
  assert.equal((await example(19_700.01)).notes.liquidations, undefined);
  const { trades, notes, metrics } = await example(19_700);
  assert.deepEqual(trades.map((own) => [own.exitReason, own.exitPrice, own.pnl]), [["liquidation", 19_600, -400]]);
  assert.equal(metrics.finalEquityQuote, 600);
  const [own] = notes.liquidations!;
  // Whoever takes it over at 19,600 can sell it at 19,700.
  assert.deepEqual([own!.markPrice, own!.price, own!.quantity, own!.insurance], [19_700, 19_600, 1, 100]);
  assert.match(notes.warnings.join("\n"), /1 positions were liquidated.*insurance fund received 100\./);
});

Deno.test("Bybit, Insurance Fund: beyond the bankruptcy price the fund pays, and the account loses its margin and no more", async () => {
  // https://www.bybit.com/en/help-center/article/Insurance-Fund, on the position of the example above: the market opens at
  // 19,500, below the bankruptcy price of 19,600
  const { trades, notes } = await runOf({
    symbol: "BTC/USDT",
    market: { kind: "linear", marginTiers: flat(0.005) },
    account: { cashQuote: 1_000, leverage: 50, marginMode: "isolated", liquidation: onEntry },
    units: 1,
    entry: 20_000,
    after: [[20_000, 19_900, 20_000, 19_900], [19_500, 19_400, 19_600, 19_500]],
  });
  assert.deepEqual(trades.map((own) => own.pnl), [-400]);
  assert.equal(notes.liquidations![0]!.insurance, -100);
  assert.match(notes.warnings.join("\n"), /insurance fund paid 100\./);
});

Deno.test("Bybit, What Is the Insurance Fund: BTCUSD at 11,383.50 with 10x, settled at 10,348.60 in BTC", async () => {
  // https://learn.bybit.com/trading/what-is-the-insurance-fund
  const { trades, notes } = await runOf({
    symbol: "BTC/USD",
    market: { kind: "inverse", marginTiers: flat(0.005), tick: "0.5", lot: "1" },
    account: { cashQuote: 1, leverage: 10, marginMode: "isolated", liquidation: onEntry },
    units: 10_000,
    entry: 11_383.5,
    after: [[11_383.5, 10_395.5, 11_383.5, 10_500]],
  });
  const [own] = notes.liquidations!;
  assert.equal(Math.ceil(own!.markPrice * 2) / 2, 10_396);
  assert.equal(own!.price.toFixed(1), "10348.6");
  // The margin: 10,000 ÷ 11,383.5 ÷ 10.
  assert.equal(trades[0]!.pnl.toFixed(8), (-10_000 / 11_383.5 / 10).toFixed(8));
});

Deno.test("BitMEX, Isolated and Cross Margin Examples: cross at 1,000 on a wallet of 10,000 goes at 510 and leaves nothing", async () => {
  // https://www.bitmex.com/app/isolatedMarginExamples: liquidated at 510, bankrupt at 500
  const { trades, notes, metrics } = await runOf({
    symbol: "ETH/USDT",
    market: { kind: "linear", marginTiers: flat(0.01) },
    account: { cashQuote: 10_000, leverage: 50, marginMode: "cross", liquidation: onEntry },
    units: 20,
    entry: 1_000,
    after: [[1_000, 505, 1_000, 900]],
  });
  assert.deepEqual([notes.liquidations![0]!.markPrice, notes.liquidations![0]!.price], [510, 500]);
  assert.deepEqual([trades[0]!.pnl, metrics.finalEquityQuote], [-10_000, 0]);
});

Deno.test("Binance, Liquidation Price of USDⓈ-M Futures Contracts: its BTC position alone, cross, with a fee of 0.5 %", async () => {
  // https://www.binance.com/en/support/faq/b3c689c1f50a44cabb3a84e663b81d93: 18,778.73 without the other position; what is
  // left at that price stays with the account, less the fee
  const { notes, metrics } = await runOf({
    symbol: "BTC/USDT",
    market: {
      kind: "linear",
      marginTiers: [{ fromNotional: 0, maintenanceRate: 0.025, maintenanceAmount: 16_300, maxLeverage: 20 }],
    },
    account: { cashQuote: 1_535_443.01, leverage: 20, marginMode: "cross", liquidation: { feeBps: 50 } },
    units: 109.488,
    entry: 32_481.98,
    after: [[32_481.98, 18_000, 32_481.98, 19_000]],
  });
  const [own] = notes.liquidations!;
  assert.equal(cents(own!.markPrice), 18_778.73);
  const size = 109.488 * own!.markPrice, left = 0.025 * size - 16_300;
  assert.equal(cents(own!.fee), cents(size * 0.005));
  assert.equal(cents(metrics.finalEquityQuote!), cents(left - own!.fee));
});

Deno.test("BitMEX, Perpetual Contracts Guide Examples: 15,000 XBTUSD from 750 to 800 over one funding of 0.25 % make 1.2 XBT", async () => {
  // https://www.bitmex.com/app/perpetualContractsGuideExamples: bought at 10:00, 0.05 XBT paid at 12:00 on 20 XBT, sold at
  // 800 at 18:00 before the next settlement at 20:00
  const trade = defineStrategy({
    id: "trade",
    params: {},
    rules: () => ({ enter: close.lt(760), exit: close.gt(799) }),
  });
  const prices = [750, 750, 750, 750, 750, 750, 750, 750, 800, 800, 800, 800];
  const columns = candleColumns(
    instrument({ exchange: "bitmex", symbol: "XBT/USD" }),
    hour,
    prices.map((open, i) => {
      const close = prices[i + 1] ?? open;
      const openTimeMs = (START - HOUR + i * HOUR) as TimestampMs;
      return { openTimeMs, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 1e6 };
    }),
  );
  const day = (hours: number) => (START + (hours - 10) * HOUR) as TimestampMs;
  const rows: FundingRow[] = [4, 12, 20].map((hours) => ({ timeMs: day(hours), rate: 0.0025, markPrice: 750 }));
  const spec = parseRunSpec({
    strategy: "trade",
    timeframe: "1h",
    markets: [{ exchange: "bitmex", symbol: "XBT/USD", kind: "inverse", lot: "1", tick: "0.5" }],
    account: { cashQuote: 20, funding: true },
    costs: { makerBps: 0, takerBps: 0 },
    sizing: { kind: "units", units: 15_000 },
  });
  const feed = { funding: fundingColumns(columns.instrument, rows) };
  const { trades, metrics, notes } = await runBacktest(spec, trade.bind(), [columns], undefined, {}, [feed]);
  assert.deepEqual(trades.map((own) => [own.entryPrice, own.exitPrice, own.funding, cents(own.pnl)]), [
    [750, 800, 0.05, 1.2],
  ]);
  assert.deepEqual([metrics.fundingQuote, metrics.finalEquityQuote], [0.05, 21.2]);
  assert.equal(notes.missingFunding, undefined);
});

Deno.test("Deribit, Example (futures): 1,000 USD from 600 to 700 with 0.05 % a side gain 0.238095 BTC less 0.001548", async () => {
  // https://www.deribit.com/docs/example-futures/: fees of 0.5/600 + 0.5/700 BTC
  const trade = defineStrategy({
    id: "long",
    params: {},
    rules: () => ({ enter: close.lt(650), exit: close.gt(650) }),
  });
  const columns = candleColumns(
    instrument({ exchange: "deribit", symbol: "BTC/USD" }),
    hour,
    [[600, 600], [600, 700], [700, 700]].map(([open, close], i) => ({
      openTimeMs: (START + i * HOUR) as TimestampMs,
      open: open!,
      high: close!,
      low: open!,
      close: close!,
      volume: 1e6,
    })),
  );
  const spec = parseRunSpec({
    strategy: "long",
    timeframe: "1h",
    markets: [{ exchange: "deribit", symbol: "BTC/USD", kind: "inverse", contractSize: "10", lot: "1" }],
    account: { cashQuote: 2 },
    costs: { makerBps: 5, takerBps: 5 },
    sizing: { kind: "units", units: 100 },
  });
  const { trades } = await runBacktest(spec, trade.bind(), [columns]);
  assert.equal(trades[0]!.fees.toFixed(6), (0.5 / 600 + 0.5 / 700).toFixed(6)); // each rounded up at 8 digits
  assert.equal((trades[0]!.pnl + trades[0]!.fees).toFixed(6), "0.238095");
});

Deno.test("a short is liquidated above its entry, by the mark price where there is one", async () => {
  const run = (mark: readonly number[] | null) =>
    runOf({
      symbol: "BTC/USDT",
      market: { kind: "linear", marginTiers: flat(0.005) },
      account: {
        cashQuote: 1_000,
        leverage: 50,
        marginMode: "isolated",
        liquidation: onEntry,
        ...(mark === null ? {} : { markPrice: true }),
      },
      units: 1,
      side: "short",
      entry: 20_000,
      after: [[20_000, 20_000, 20_500, 20_000], [20_000, 20_000, 20_000, 20_000]],
      ...(mark === null ? {} : {
        feed: (columns) => ({
          mark: { ...columns, high: Float64Array.from(mark), low: columns.open, close: columns.open },
        }),
      }),
    });
  const byTrades = await run(null);
  assert.deepEqual([byTrades.trades[0]!.exitPrice, byTrades.trades[0]!.pnl], [20_400, -400]);
  assert.equal((await run([20_000, 20_299, 20_000])).notes.liquidations, undefined);
  const byMark = await run([20_000, 20_000, 20_300]);
  assert.equal(byMark.notes.liquidations![0]!.timeMs, START + 2 * HOUR);
});
