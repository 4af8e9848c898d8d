import assert from "node:assert/strict";
import { instrument } from "../market/mod.ts";
import { notional, price, quantity, ZERO_NOTIONAL } from "../money/mod.ts";
import { type ClientOrderId, type OrderIntent, PLAIN_TERMS } from "../orders/mod.ts";
import { type ClosedLot, returnFractionOf } from "../portfolio/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import {
  approve,
  type ClosedTrade,
  limitRules,
  type LimitSpec,
  newHistory,
  noteClose,
  noteTrade,
  REMEMBERED_TRADES,
  type RiskHistory,
  type RiskView,
} from "./mod.ts";

const btc = instrument({ exchange: "test", symbol: "BTC/USDT" });
const entry: OrderIntent = {
  clientOrderId: "t-0-0-e0" as ClientOrderId,
  instrument: btc.id,
  book: 0,
  slot: "entry",
  decidedAtMs: 0 as TimestampMs,
  side: "buy",
  kind: "market",
  quantity: quantity("1"),
  price: null,
  reduceOnly: false,
  limitPrice: null,
  trail: null,
  terms: PLAIN_TERMS,
  sizeAtFill: null,
  reason: "test",
};
const history = (part: Partial<RiskHistory>): RiskHistory => ({ ...newHistory(1_000), candles: 100, ...part });
/** A lot bought at 100 that returned this share of it, without fees. */
const lotOf = (returnFraction: number): ClosedLot => ({
  quantity: quantity("1"),
  entryPrice: price("100"),
  exitPrice: price(String(100 + 100 * returnFraction)),
  entryValue: notional("100"),
  exitValue: notional(String(100 + 100 * returnFraction)),
  entryTimeMs: 0 as TimestampMs,
  exitTimeMs: 0 as TimestampMs,
  feesQuote: ZERO_NOTIONAL,
  funding: ZERO_NOTIONAL,
  interest: ZERO_NOTIONAL,
  entryReason: "enter",
  exitReason: "exit",
});
const trade = (candle: number, part: Partial<ClosedTrade> = {}): ClosedTrade => ({
  book: 0,
  candle,
  stopped: false,
  lot: lotOf(0.01),
  returnFraction: returnFractionOf(part.lot ?? lotOf(0.01)),
  ...part,
});
function view(part: Partial<RiskView>): RiskView {
  return {
    instrument: btc,
    mark: 100,
    equity: 1_000,
    position: 0,
    freeCash: 1_000,
    grossExposure: 0,
    assetExposure: 0,
    orderNotional: 100,
    otherPositions: 0,
    held: [],
    instrumentNumber: 0,
    history: history({}),
    leverage: 1,
    slotTaken: false,
    budget: null,
    marketClosed: null,
    halted: null,
    ...part,
  };
}

Deno.test("each limit refuses an entry exactly where it is reached, with its code, and never an order that reduces (40 cases)", () => {
  const guard = { stopGuard: { trades: 3, withinCandles: 10, pauseCandles: 20 } };
  const stops = (...candles: number[]) => ({
    history: history({ closed: candles.map((at) => trade(at, { stopped: true })) }),
  });
  const low = { lowProfit: { trades: 2, withinCandles: 50, minReturnFraction: 0 } };
  const closed = (...trades: ClosedTrade[]) => ({ history: history({ closed: trades }) });
  const perMarket = { stopGuard: { ...guard.stopGuard, perMarket: true } };
  const drawdown = {
    drawdownGuard: { trades: 3, withinCandles: 20, maxDrawdownFraction: 0.03, pauseCandles: 20 },
  };
  const returned = (...trades: [candle: number, fraction: number][]) =>
    closed(...trades.map(([at, fraction], book) => trade(at, { book, returnFraction: fraction })));
  const pause = { lowProfit: { ...low.lowProfit, pauseCandles: 21 } };
  const cases: [limits: LimitSpec, view: Partial<RiskView>, code: string | null][] = [
    [{ maxPositions: 2 }, { otherPositions: 1 }, null],
    [{ maxPositions: 2 }, { otherPositions: 2 }, "max-positions"],
    [{ maxExposureFraction: 0.5 }, { grossExposure: 400 }, null],
    [{ maxExposureFraction: 0.5 }, { grossExposure: 401 }, "max-exposure"],
    [{ maxAssetExposureFraction: 0.3 }, { assetExposure: 200, grossExposure: 900 }, null],
    [{ maxAssetExposureFraction: 0.3 }, { assetExposure: 201 }, "max-asset-exposure"],
    [{ maxEntriesPerDay: 4 }, { history: history({ entriesToday: 3 }) }, null],
    [{ maxEntriesPerDay: 4 }, { history: history({ entriesToday: 4 }) }, "daily-entries"],
    [{ maxDailyLossFraction: 0.05 }, { equity: 951 }, null],
    [{ maxDailyLossFraction: 0.05 }, { equity: 950 }, "daily-loss"],
    [{ maxDrawdownFraction: 0.2 }, { equity: 801, history: history({ peakEquity: 1_000 }) }, null],
    [{ maxDrawdownFraction: 0.2 }, { equity: 1_000, history: history({ peakEquity: 1_250 }) }, "max-drawdown"],
    [{ cooldownCandles: 5 }, closed(trade(96)), "cooldown"],
    [{ cooldownCandles: 5 }, closed(trade(95)), null],
    [{ cooldownCandles: 5 }, closed(trade(100)), "cooldown"],
    [{ cooldownCandles: 5 }, closed(trade(50), trade(99, { book: 1 })), null],
    [guard, stops(85, 88, 94), "stop-guard"],
    [guard, stops(84, 88, 94), null],
    [guard, stops(72, 75, 81), "stop-guard"],
    [guard, stops(71, 74, 80), null],
    [guard, stops(72, 75, 81, 99), "stop-guard"],
    [guard, stops(94, 95), null],
    [guard, closed(trade(93), trade(94), trade(95)), null],
    [
      guard,
      { history: history({ closed: [91, 92, 93].map((at, book) => trade(at, { book, stopped: true })) }) },
      "stop-guard",
    ],
    [low, closed(trade(60, { lot: lotOf(-0.02) }), trade(90)), "low-profit"],
    [low, closed(trade(50, { lot: lotOf(-0.02) }), trade(90)), null],
    [low, closed(trade(60, { lot: lotOf(-0.01) }), trade(90)), null],
    [low, closed(trade(90, { lot: lotOf(-0.5) })), null],
    [low, closed(trade(60, { book: 1, lot: lotOf(-0.5) }), trade(90)), null],
    [
      perMarket,
      { history: history({ closed: [91, 92, 93].map((at, book) => trade(at, { book, stopped: true })) }) },
      null,
    ],
    [perMarket, stops(91, 92, 93), "stop-guard"],
    // Down by 3 % from 1 %: a pause until candle 110, whatever closes since.
    [drawdown, returned([80, 0.01], [85, -0.02], [90, -0.01]), "drawdown-guard"],
    [drawdown, returned([80, 0.01], [85, -0.02], [90, -0.0099]), null],
    [drawdown, returned([80, 0.01], [85, -0.02], [90, -0.01], [95, 0.5]), "drawdown-guard"],
    [drawdown, returned([70, 0.01], [75, -0.02], [80, -0.01]), null],
    [drawdown, returned([60, 0.01], [75, -0.02], [90, -0.01]), null],
    [drawdown, returned([89, -0.05], [90, -0.05]), null],
    [pause, closed(trade(80, { lot: lotOf(-0.02) }), trade(90)), "low-profit"],
    [pause, closed(trade(70, { lot: lotOf(-0.02) }), trade(79)), null],
    [{}, { otherPositions: 99, equity: 1, history: history({ entriesToday: 99 }) }, null],
  ];
  for (const [limits, account, code] of cases) {
    const rules = limitRules(limits),
      name = `case ${cases.findIndex((own) => own[0] === limits && own[1] === account)}`;
    assert.equal(approve(entry, view(account), rules).refusal?.code ?? null, code, name);
    const close: OrderIntent = { ...entry, slot: "close", side: "sell", reduceOnly: true };
    assert.equal(approve(close, view(account), rules).refusal, null, `${name}: reducing`);
  }
});

Deno.test("the day begins at 00:00 UTC with the equity of that close, and forgets its entries", () => {
  const own = newHistory(1_000), hour = 3_600_000, noon = Date.UTC(2024, 0, 1, 12);
  const close = (hours: number, before: number, equity: number) =>
    noteClose(own, noon + hours * hour as TimestampMs, before, equity);
  close(0, 1_000, 1_010);
  assert.deepEqual([own.equityAtDayStart, own.peakEquity], [1_000, 1_010]);
  own.entriesToday = 3;
  close(11, 1_010, 990);
  assert.deepEqual([own.equityAtDayStart, own.entriesToday, own.peakEquity], [1_000, 3, 1_010]);
  close(12, 990, 980);
  assert.deepEqual([own.equityAtDayStart, own.entriesToday], [980, 0]);
  close(60, 980, 970); // a gap over a midnight
  assert.deepEqual([own.equityAtDayStart, own.candles], [970, 4]);
  close(85, 970, 960);
  assert.deepEqual([own.equityAtDayStart, own.candles], [970, 5]);
});

Deno.test("the memory of closed trades is bounded", () => {
  const own = newHistory(1_000);
  for (let i = 0; i < REMEMBERED_TRADES + 10; i++) noteTrade(own, trade(i));
  assert.deepEqual([own.closed.length, own.closed[0]!.candle], [REMEMBERED_TRADES, 10]);
});

Deno.test("an entry waits no farther from the market than its limit says", () => {
  const rules = limitRules({ maxPriceDistanceFraction: 0.1 }), limit = { ...entry, kind: "limit" as const };
  const codeAt = (own: string) => approve({ ...limit, price: price(own) }, view({ mark: 100 }), rules).refusal?.code;
  assert.deepEqual(["89.99", "90", "110", "110.01"].map(codeAt), ["far-price", undefined, undefined, "far-price"]);
  const exit = { ...entry, reduceOnly: true, kind: "stop" as const, price: price("50") };
  assert.equal(approve(exit, view({ mark: 100 }), rules).refusal, null);
});
