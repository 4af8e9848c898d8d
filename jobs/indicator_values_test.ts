import assert from "node:assert/strict";
import { candleColumns, candlesBetween, type CandleSource, instrument } from "../engine/market/mod.ts";
import { timeframe, type TimestampMs, timestampMs } from "../engine/time/mod.ts";
import { indicatorValues } from "./indicator_values.ts";

const HOUR_MS = 3_600_000, START_MS = Date.UTC(2024, 0, 1);
const candles = candleColumns(
  instrument({ exchange: "binance", symbol: "BTC/USDT" }),
  timeframe("1h"),
  [1, 2, 3, 4, 5, 6].map((price, i) => ({
    openTimeMs: timestampMs(START_MS + i * HOUR_MS),
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 1,
  })),
);
const source: CandleSource = {
  candles: ({ from = -Infinity, to = Infinity }) =>
    Promise.resolve(candlesBetween(candles, from as TimestampMs, to as TimestampMs)),
};
const request = { name: "sma", parameters: { length: 3 }, exchange: "binance", symbol: "BTC/USDT", timeframe: "1h" };

Deno.test("values stand beside their open times, null before the warm-up is over", async () => {
  const { openTimeMs, outputs } = await indicatorValues(source, request);
  assert.deepEqual(outputs, { value: [null, null, 2, 3, 4, 5] });
  assert.equal(openTimeMs[5], START_MS + 5 * HOUR_MS);
});

Deno.test("a range shows the values of the whole history, not of a warm-up begun anew", async () => {
  const { openTimeMs, outputs } = await indicatorValues(source, {
    ...request,
    from: "2024-01-01T03:00",
    to: "2024-01-01T05:00",
  });
  assert.deepEqual(outputs, { value: [3, 4] });
  assert.equal(openTimeMs[0], START_MS + 3 * HOUR_MS);
});

Deno.test("an empty range names what there is", async () => {
  await assert.rejects(
    () => indicatorValues(source, { ...request, from: "2025" }),
    /no 1h candles of binance:BTC\/USDT lie in this range: there are candles from 2024-01-01T00:00:00Z to 2024-01-01T05:00:00Z/,
  );
});
