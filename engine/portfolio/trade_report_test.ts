import assert from "node:assert/strict";
import { type Candle, candleColumns, type Instrument, instrument, valueOf } from "../market/mod.ts";
import { type Notional, notional, price, type Quantity, quantity } from "../money/mod.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { type ClosedLot, type Lot, openTradeOf, tradeOf } from "./mod.ts";

const spot = instrument({ exchange: "test", symbol: "BTC/USDT" }), HOUR_MS = 3_600_000;
const linear = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear", contractSize: "0.1" });
const near = (a: number | undefined, b: number) => assert.ok(Math.abs(a! - b) < 1e-12, `${a}, not ${b}`);

/** Hours, each with its high and low. */
const candles = candleColumns(
  spot,
  timeframe("1h"),
  ([[105, 95], [120, 99], [111, 80], [130, 101], [500, 1]] as const).map(([high, low], i): Candle => ({
    ...{ openTimeMs: i * HOUR_MS as TimestampMs, open: 102, high, low, close: 102, volume: 1 },
  })),
);

function closed(size: string, from: number, to: number, market: Instrument = spot): ClosedLot {
  const held = quantity(size), entryPrice = price("100"), exitPrice = price("110");
  return {
    ...{ quantity: held, entryPrice, exitPrice, feesQuote: notional("0.5") },
    entryValue: valueOf(market, entryPrice, held),
    exitValue: valueOf(market, exitPrice, held),
    ...{ entryTimeMs: from * HOUR_MS as TimestampMs, exitTimeMs: to * HOUR_MS as TimestampMs },
    ...{ funding: notional("0"), interest: notional("0"), entryReason: "enter", exitReason: "target" },
  };
}

Deno.test("a trade's excursions come from its own candles, entry's and exit's included, and the way it was held", () => {
  const long = tradeOf(closed("2", 1, 2), spot, "own", candles),
    short = tradeOf(closed("-2", 1, 2), spot, "own", candles);
  assert.deepEqual([long.side, long.bars, short.side], ["long", 1, "short"]);
  near(long.mfeFraction, 0.2);
  near(long.maeFraction, -0.2);
  near(short.mfeFraction, 0.2);
  near(short.maeFraction, -0.2);
  const first = tradeOf(closed("2", 0, 0), spot, "own", candles),
    turned = tradeOf(closed("-2", 0, 0), spot, "own", candles);
  // The exit at 110 lies beyond the candle's high of 105.
  near(first.mfeFraction, 0.1);
  near(first.maeFraction, -0.05);
  near(turned.mfeFraction, 0.05);
  near(turned.maeFraction, -0.1);
});

Deno.test("a trade's profit is what both sides came to, less fees and what was charged, on spot and contracts", () => {
  const long = tradeOf(closed("2", 0, 3), spot, "own", candles),
    short = tradeOf(closed("-2", 0, 3), spot, "own", candles);
  near(long.pnl, 19.5);
  near(long.returnFraction, 19.5 / 200);
  near(short.pnl, -20.5);
  assert.deepEqual([long.bars, long.turnover, long.funding, short.quantity], [3, undefined, undefined, 2]);
  const charged = { ...closed("2", 0, 3, linear), funding: notional("0.25"), interest: notional("-0.125") };
  const contract = tradeOf(charged, linear, "own", candles);
  near(contract.pnl, 2 - 0.5 - 0.125);
  near(contract.turnover, 2 * 0.1 * 210);
  assert.deepEqual([contract.funding, contract.interest], [0.25, -0.125]);
});

Deno.test("an open trade is worth what closing at the mark would bring without a fee", () => {
  const lot = (size: string): Lot => ({
    ...{ quantity: quantity(size) as Quantity, price: price("100"), value: notional("0") as Notional },
    ...{ timeMs: 0 as TimestampMs, feeQuote: notional("0.5"), reason: "enter" },
    ...{ funding: notional("0.25"), interest: notional("0") },
  });
  const long = openTradeOf(lot("2"), spot, "own", 110), short = openTradeOf(lot("-2"), spot, "own", 110);
  assert.deepEqual([long.side, short.side, long.quantity, short.quantity], ["long", "short", 2, 2]);
  near(long.pnl, 20 - 0.5 - 0.25);
  near(short.pnl, -20 - 0.5 - 0.25);
  assert.deepEqual([long.turnover, long.funding, long.interest, long.fees], [undefined, 0.25, undefined, 0.5]);
});
