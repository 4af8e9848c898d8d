// 5 August 2024, minute by minute: bitcoin fell by a seventh in hours. Every fill of a run through it is derived once
// more here, from the candles alone, by the few lines below and nothing of the engine.
import assert from "node:assert/strict";
import { sma } from "../indicators/mod.ts";
import { candleAt, type CandleColumns, instrument } from "../market/mod.ts";
import { close } from "../series/mod.ts";
import { defineStrategy, percent } from "../strategies/mod.ts";
import { assertClose } from "../testing/assert_close.ts";
import { readCandles } from "../testing/read_candles.ts";
import { requireOrSkip, sharedPath } from "../testing/shared_data.ts";
import { parseTimestamp, timeframe, type TimestampMs } from "../time/mod.ts";
import { explainRun, explainTrades, parseRunSpec, runBacktest, type RunFill } from "./mod.ts";

const LENGTH = 20, DIP = 0.995, STOP_PERCENT = 0.6, TARGET_PERCENT = 0.5, SLIPPAGE_BPS = 2;
const SYMBOLS = ["BTC/USDT", "ETH/USDT"];
const strategy = defineStrategy({
  id: "dip-buyer",
  params: {},
  rules: () => ({
    enter: close.lt(sma(close, LENGTH).mul(DIP)),
    exit: close.gt(sma(close, LENGTH)),
    stop: percent(STOP_PERCENT),
    target: percent(TARGET_PERCENT),
  }),
}).bind();
const spec = parseRunSpec({
  strategy: "dip-buyer",
  markets: SYMBOLS.map((symbol) => ({ exchange: "binance", symbol, tick: "0.01" })),
  timeframe: "1m",
  from: "2024-08-05",
  to: "2024-08-06",
  costs: { slippageBps: SLIPPAGE_BPS },
  sizing: { kind: "equity-fraction", fraction: 0.4 },
});

function minutes(symbol: string): Promise<CandleColumns> | undefined {
  const path = sharedPath(`data/candles/binance/${symbol.replace("/", "")}_1m.parquet`);
  return path === undefined
    ? undefined
    : readCandles(path, instrument({ exchange: "binance", symbol }), timeframe("1m"), "2024-08-04", "2024-08-06");
}

/** What a fill must look like. */
interface Justified {
  readonly timeMs: number;
  readonly side: "buy" | "sell";
  readonly rule: string;
  readonly unslipped: number;
  readonly price: number;
}

const average = (values: Float64Array, row: number, length: number) => {
  let sum = 0;
  for (let i = row - length + 1; i <= row; i++) sum += values[i]!;
  return sum / length;
};
const cents = (value: number, round: (value: number) => number) => round(Number((value * 100).toFixed(6))) / 100;

/** The rules of the day by hand: decide at a close, fill at the next open; the stop before the target. */
function byHand({ openTimeMs, open, high, low, close, length }: CandleColumns) {
  const fills: Justified[] = [], ambiguousMs: number[] = [], first = openTimeMs.indexOf(parseTimestamp("2024-08-05"));
  let held = false, wanted: "buy" | "sell" | null = null, stop = NaN, target = NaN;
  for (let row = first; row < length; row++) {
    const [o, h, l] = [open[row]!, high[row]!, low[row]!];
    const fill = (side: "buy" | "sell", rule: string, unslipped: number, slips: boolean) => {
      const share = slips ? SLIPPAGE_BPS / 10_000 : 0;
      const price = side === "buy"
        ? cents(unslipped * (1 + share), Math.ceil)
        : cents(unslipped * (1 - share), Math.floor);
      fills.push({ timeMs: openTimeMs[row]!, side, rule, unslipped, price });
      held = side === "buy";
      return price;
    };
    if (wanted === "sell" && held) fill("sell", "next-open", o, true);
    else if (held && o <= stop) fill("sell", "stop-gap", o, true);
    else if (held && o > target) fill("sell", "limit-gap", o, false);
    if (wanted === "buy") {
      const paid = fill("buy", "next-open", o, true);
      stop = cents(paid * (1 - STOP_PERCENT / 100), Math.round);
      target = cents(paid * (1 + TARGET_PERCENT / 100), Math.round);
    }
    if (held && l <= stop && h > target) ambiguousMs.push(openTimeMs[row]!);
    if (held && l <= stop) fill("sell", "stop", stop, true);
    else if (held && h > target) fill("sell", "limit", target, false);
    const middle = average(close, row, LENGTH);
    if (close[row]! > middle) wanted = held ? "sell" : null;
    else wanted = !held && close[row]! < middle * DIP ? "buy" : null;
  }
  return { fills, ambiguousMs };
}

const ofMarket = (fills: readonly RunFill[], symbol: string): Justified[] =>
  fills.filter(({ instrument }) => instrument === `binance:${symbol}`)
    .map(({ timeMs, side, rule, referencePrice, price }) => ({ timeMs, side, rule, unslipped: referencePrice, price }));

Deno.test("every fill of 5 August 2024 in the minutes of bitcoin and ether is justified by its candle, derived once more by hand", async () => {
  const files = SYMBOLS.map(minutes);
  if (!requireOrSkip("goldens", files.every((file) => file !== undefined), "candles of one minute of August 2024")) {
    return;
  }
  const candles = await Promise.all(files as Promise<CandleColumns>[]);
  const { fills, trades, notes } = await runBacktest(spec, strategy, candles);
  assert.equal(notes.cutEntries, 0);
  assert.equal(notes.ambiguousFills, candles.flatMap((own) => byHand(own).ambiguousMs).length);
  const rules = new Map<string, number>();
  for (const [market, symbol] of SYMBOLS.entries()) {
    const own = candles[market]!, wanted = byHand(own).fills, found = ofMarket(fills, symbol);
    assert.deepEqual(found, wanted, symbol);
    assert.ok(found.length > 60, `${found.length} fills of ${symbol}`);
    for (const { timeMs, rule, unslipped } of found) {
      const row = own.openTimeMs.indexOf(timeMs);
      assert.ok(own.low[row]! <= unslipped && unslipped <= own.high[row]!, "inside its candle before slippage");
      rules.set(rule, (rules.get(rule) ?? 0) + 1);
    }
  }
  for (const rule of ["next-open", "stop", "limit"]) assert.ok(rules.get(rule)! > 5, `${rule}: ${rules.get(rule)}`);
  for (const { quantity, price, side, fee, feeAsset } of fills) {
    const due = side === "buy" ? quantity * 0.001 : quantity * price * 0.001;
    assert.ok(fee >= due * (1 - 1e-12) && fee < due + 1e-8 * 1.01, "a thousandth, rounded up at eight digits");
    assert.match(feeAsset, side === "buy" ? /BTC|ETH/ : /USDT/);
  }

  const explained = explainTrades(spec, strategy, candles);
  assert.equal(explained.trades.length, trades.length);
  for (const [i, { entry, exit }] of explained.trades.entries()) {
    const seen = explained.decisions[entry.decision]!,
      value = (label: string) => seen.values[explained.labels.indexOf(label)];
    assert.ok("fill" in exit);
    assert.equal(value(`close < (sma(close, ${LENGTH}) × ${DIP})`), 1);
    assert.equal(seen.decidedAtMs, entry.fill.timeMs);
    assert.deepEqual([entry.fill.basis.rule, exit.fill.price], ["next-open", trades[i]!.exitPrice]);
  }
});

Deno.test("--explain at each minute from 06:00 of that day tells what each market saw, what was held and asked for, and what filled and why", async () => {
  const files = SYMBOLS.map(minutes);
  if (!requireOrSkip("goldens", files.every((file) => file !== undefined), "candles of one minute of August 2024")) {
    return;
  }
  const candles = await Promise.all(files as Promise<CandleColumns>[]);
  const start = parseTimestamp("2024-08-05T06:00"), rules = new Set<string>();
  const wanted = candles.map((own) => byHand(own).fills);
  for (let at: number = start; at < start + 15 * 60_000; at += 60_000) {
    const { books, happened, decidedAtMs } = explainRun(spec, strategy, candles, at as TimestampMs);
    assert.equal(decidedAtMs, at);
    for (const [market, own] of candles.entries()) {
      const { candle, values, position, orders } = books[market]!, row = own.openTimeMs.indexOf(at) - 1;
      assert.deepEqual(candle, candleAt(own, row));
      const middle = average(own.close, row, LENGTH);
      assertClose(values.find(({ label }) => label === `sma(close, ${LENGTH})`)!.value, middle, "average", 1e-12);
      const last = wanted[market]!.findLast(({ timeMs }) => timeMs < at)!;
      assert.equal(position > 0, last.side === "buy", "what was held");
      const dip = position === 0 && own.close[row]! < middle * DIP, over = position > 0 && own.close[row]! > middle;
      assert.deepEqual(orders.map(({ slot }) => slot), dip ? ["entry"] : over ? ["close"] : []);
      const filled = happened.flatMap((event) =>
        event.what === "filled" && event.instrument === `binance:${SYMBOLS[market]}` ? [event.fill!] : []
      );
      assert.deepEqual(
        filled.map(({ price, basis: { rule, unslipped } }) => ({ price, rule, unslipped })),
        wanted[market]!.filter(({ timeMs }) => timeMs === at)
          .map(({ price, rule, unslipped }) => ({ price, rule, unslipped })),
      );
      for (const { basis: { rule } } of filled) rules.add(rule);
    }
  }
  assert.deepEqual([...rules].sort(), ["limit", "next-open", "stop"]);
});
