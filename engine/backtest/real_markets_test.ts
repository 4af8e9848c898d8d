import assert from "node:assert/strict";
import { type CandleColumns, instrument } from "../market/mod.ts";
import { close, of } from "../series/mod.ts";
import { buyAndHold, defineStrategy, donchianBreakout, smaCross, type Strategy } from "../strategies/mod.ts";
import { readCandles } from "../testing/read_candles.ts";
import { requireOrSkip, sharedPath } from "../testing/shared_data.ts";
import { timeframe } from "../time/mod.ts";
import { bindStrategies, parseRunSpec, runBacktest, type RunSpecInput } from "./mod.ts";

const SYMBOLS = ["BNB", "BTC", "ETH", "LTC", "SOL", "XRP"];
const paths = SYMBOLS.map((base) => sharedPath(`data/candles/binance/${base}USDT_1h.parquet`));

/** Goes with bitcoin: reads a symbol that it need not trade. */
const follower = defineStrategy({
  id: "follower",
  params: {},
  rules: () => ({ enter: of("BTC/USDT", close.gt(0)).and(close.gt(0)), exit: of("BTC/USDT", close.lt(0)) }),
});
const strategies = [smaCross, donchianBreakout, buyAndHold, follower] as unknown as Strategy[];
const find = (id: string) => strategies.find((strategy) => strategy.id === id)!;

Deno.test("real hours of six markets: the order of markets, strategies and candles decides nothing, to the byte and the hash", async () => {
  if (!requireOrSkip("goldens", !paths.includes(undefined), "data/candles/binance/*USDT_1h.parquet")) return;
  const candles: CandleColumns[] = [];
  for (const [i, base] of SYMBOLS.entries()) {
    const market = instrument({ exchange: "binance", symbol: `${base}/USDT` });
    candles.push(await readCandles(paths[i]!, market, timeframe("1h"), "2023-01-01", "2023-07-01"));
  }
  const markets = SYMBOLS.slice(2).map((base) => ({ exchange: "binance", symbol: `${base}/USDT` }));
  const traded: NonNullable<RunSpecInput["strategies"]> = [
    { strategy: "sma-cross", params: { fast: 5, slow: 20 }, timeframe: "4h", budgetFraction: 0.4 },
    { strategy: "donchian-breakout", budgetFraction: 0.4, markets: ["ETH/USDT", "XRP/USDT"] },
    { strategy: "follower", budgetFraction: 0.2, sizing: { kind: "fixed-notional", notionalQuote: 300 } },
  ];
  const run = (turn: (list: unknown[]) => unknown[]) => {
    const spec = parseRunSpec({
      markets: turn(markets),
      strategies: turn(traded),
      timeframe: "1h",
      from: "2023-02-15",
      universe: { top: 2, lookbackDays: 30, every: "7d" },
      costs: { slippageBps: 2 },
    });
    return runBacktest(spec, bindStrategies(spec, find), turn(candles) as CandleColumns[]);
  };
  const first = await run((list) => list), text = JSON.stringify(first);
  assert.equal(JSON.stringify(await run((list) => list.toReversed())), text);
  assert.equal(JSON.stringify(await run((list) => [...list.slice(1), list[0]])), text);
  const again = parseRunSpec(JSON.parse(JSON.stringify(first.manifest)));
  assert.equal(JSON.stringify(await runBacktest(again, bindStrategies(again, find), candles)), text);
  assert.ok(first.trades.length > 40, `${first.trades.length} trades`);
  assert.equal(new Set(first.trades.map(({ strategy }) => strategy)).size, 2);
  // Bitcoin is read and not traded, BNB neither: only what is used counts.
  assert.deepEqual(first.manifest.run.data.map((own) => own.instrument), [
    "binance:ETH/USDT",
    "binance:LTC/USDT",
    "binance:SOL/USDT",
    "binance:XRP/USDT",
    "binance:BTC/USDT",
  ]);
});
