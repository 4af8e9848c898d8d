import assert from "node:assert/strict";
import fc from "fast-check";
import { candleColumns, instrument, valueOf } from "../market/mod.ts";
import { notionalToNumber } from "../money/mod.ts";
import { close } from "../series/mod.ts";
import { defineStrategy } from "../strategies/mod.ts";
import { randomCandles } from "../testing/random_candles.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { parseRunSpec, replayOf, runBacktest, type RunSpecInput } from "./mod.ts";

const hour = timeframe("1h"), START = Date.UTC(2024, 0, 1);
const btc = instrument({ exchange: "test", symbol: "BTC/USD" });
const opens = (prices: readonly number[]) =>
  candleColumns(
    btc,
    hour,
    prices.map((open, i) => {
      const close = prices[i + 1] ?? open;
      const openTimeMs = (START + i * 3_600_000) as TimestampMs;
      return { openTimeMs, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 1_000 };
    }),
  );
const rise = defineStrategy({
  id: "rise",
  params: {},
  rules: () => ({ enter: close.lt(760), exit: close.gt(799) }),
});
const specOf = (part: Partial<RunSpecInput>) =>
  parseRunSpec({
    strategy: "rise",
    timeframe: "1h",
    costs: { makerBps: 0, takerBps: 0 },
    markets: [],
    ...part,
  });
const market = (part: object) => [{ exchange: "test", symbol: "BTC/USD", lot: "1", tick: "0.5", ...part }];

Deno.test("BitMEX's long of 15,000 XBTUSD from 750 to 800 as a run: it ends with 1.25 XBT more", async () => {
  // https://www.bitmex.com/app/perpetualContractsGuideExamples, without the funding
  const spec = specOf({
    markets: market({ kind: "inverse" }),
    account: { cashQuote: 20 },
    sizing: { kind: "units", units: 15_000 },
  });
  const { trades, metrics } = await runBacktest(spec, rise.bind(), [opens([750, 750, 800, 800])]);
  assert.deepEqual(trades.map((own) => [own.quantity, own.entryPrice, own.exitPrice, own.pnl, own.returnFraction]), [
    [15_000, 750, 800, 1.25, 0.0625],
  ]);
  assert.equal(trades[0]!.turnover, 38.75);
  assert.equal(metrics.finalEquityQuote, 21.25);
});

Deno.test("all of the equity in an inverse contract is its worth in contracts, in a linear one as many of its size", async () => {
  const sized = async (part: object, cashQuote: number) => {
    const spec = specOf({ markets: market(part), account: { cashQuote } });
    const { notes } = await runBacktest(spec, rise.bind(), [opens([100, 100, 200])]);
    const [open] = notes.openTrades;
    return [open!.quantity, open!.pnl];
  };
  assert.deepEqual(await sized({ kind: "inverse", contractSize: "10" }, 2), [20, 1]);
  assert.deepEqual(await sized({ kind: "linear", contractSize: "0.1" }, 200), [20, 200]);
});

Deno.test("on contracts of any kind the venue's book is the trader's, and equity is cash and value, over 1,000 histories", () => {
  const kinds = fc.constantFrom<object>(
    { kind: "inverse", contractSize: "10" },
    { kind: "linear", contractSize: "0.01" },
    { kind: "linear" },
  );
  const busy = defineStrategy({
    id: "busy",
    params: {},
    rules: () => ({ enter: close.gt(100), exit: close.lt(99), enterShort: close.lt(98.5), exitShort: close.gt(100) }),
  });
  fc.assert(
    fc.property(kinds, randomCandles(btc, hour, START, 60), (part, columns) => {
      const times = Float64Array.from(columns.openTimeMs, (_, i) => START + i * 3_600_000);
      const candles = { ...columns, openTimeMs: times };
      const spec = specOf({
        markets: market({ ...part, lot: "0.001" }),
        account: { cashQuote: 100, leverage: 3 },
        costs: { takerBps: 5 },
        sizing: { kind: "equity-fraction", fraction: 2 },
      });
      const { trader, simulator, equity } = replayOf(spec, busy.bind(), [candles], START as TimestampMs);
      const { account, marks } = trader.state, [own] = trader.config.instruments;
      assert.equal(account.cash, simulator.account.cash);
      assert.equal(account.positions[0], simulator.account.position(0));
      const value = trader.state.books[0]!.lots.reduce((sum, { value }) => sum + value, 0n);
      const worth = notionalToNumber(valueOf(own!, 1_000_000_000_000n as never, account.positions[0]!));
      const expected = notionalToNumber(account.cash) +
        (own!.kind === "inverse" ? worth / marks[0]! : worth * marks[0]!);
      assert.ok(Math.abs(equity.equity.at(-1)! - expected) < 1e-9 * Math.abs(expected));
      assert.ok(value === 0n || account.positions[0] !== 0n);
    }),
    { numRuns: 1_000 },
  );
});
