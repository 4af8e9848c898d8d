import assert from "node:assert/strict";
import { bollinger, sma } from "../indicators/mod.ts";
import { candleColumns, instrument } from "../market/mod.ts";
import { close } from "../series/mod.ts";
import { timeframe, timestampMs } from "../time/mod.ts";
import { chart } from "./chart.ts";
import { JUPYTER_DISPLAY } from "./shown.ts";

const HOUR_MS = 3_600_000;

/** Candles of a price that climbs by one an hour. */
function climbing(count: number) {
  const market = instrument({ exchange: "binance", symbol: "BTC/USDT" });
  const rows = Array.from({ length: count }, (_, i) => ({
    openTimeMs: timestampMs(i * HOUR_MS),
    open: 100 + i,
    high: 102 + i,
    low: 99 + i,
    close: 101 + i,
    volume: 1,
  }));
  return candleColumns(market, timeframe("1h"), rows);
}

async function html(...args: Parameters<typeof chart>): Promise<string> {
  return (await chart(...args)[JUPYTER_DISPLAY]())["text/html"];
}

Deno.test("chart() draws each candle and names the series over them", async () => {
  const bands = bollinger(close, { length: 5, deviationsUp: 2, deviationsDown: 2 });
  const drawn = await html(climbing(30), { lines: [sma(close, 3)], band: bands });
  assert.match(drawn, /binance BTC\/USDT, 1h, 1970-01-01 to 1970-01-02 05:00/);
  assert.match(drawn, /<svg [^>]*aria-label="binance BTC\/USDT/);
  assert.match(drawn, /sma\(close, 3\)/);
  assert.match(drawn, /bollinger\(close, 5, 2, 2\)\.lower … bollinger/);
  assert.equal(drawn.match(/<line [^>]*x1="[^"]*" [^>]*\/>/g)!.length >= 60, true);
});

Deno.test("chart() computes series from the first candle given, so they are known at its left edge", async () => {
  const lineOf = (drawn: string) => drawn.match(/<path [^>]*d="M[^"]*"/g)!.at(-1)!.match(/[ML,]/g)!.length;
  const whole = await html(climbing(30), { lines: [sma(close, 10)] });
  const part = await html(climbing(30), { from: "1970-01-01T20:00", lines: [sma(close, 10)] });
  assert.ok(lineOf(part) > 0 && lineOf(whole) > lineOf(part));
});

Deno.test("chart() gives the same bytes for the same candles", async () => {
  assert.equal(await html(climbing(300)), await html(climbing(300)));
});

Deno.test("chart() of a range without candles says what there is", () => {
  assert.throws(() => chart(climbing(30), { from: "2020" }), {
    code: "chart",
    message:
      "no candle of binance:BTC/USDT lies in this range: there are candles from 1970-01-01T00:00:00Z to 1970-01-02T05:00:00Z",
  });
});
