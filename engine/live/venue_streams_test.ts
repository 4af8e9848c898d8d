import assert from "node:assert/strict";
import type { VenueCandle } from "../exchanges/mod.ts";
import { MINUTE_MS, type TimestampMs } from "../time/mod.ts";
import { wholeCandles } from "./venue_streams.ts";

function state(minute: number, close: string): VenueCandle {
  const openTimeMs = minute * MINUTE_MS as TimestampMs;
  return { openTimeMs, open: "1", high: "3", low: "1", close, volume: "1" };
}

async function* told(...states: VenueCandle[]) {
  yield* states;
}

Deno.test("a candle is whole once its stream tells of the next: its last state counts, the newest one not yet", async () => {
  const whole = await Array.fromAsync(
    wholeCandles(told(state(1, "1"), state(1, "2"), state(2, "2"), state(2, "3"), state(4, "3"))),
  );
  assert.deepEqual(whole.map(({ openTimeMs, close }) => [openTimeMs / MINUTE_MS, close]), [[1, "2"], [2, "3"]]);
});

Deno.test("what changes a candle after its close is handed on at once", async () => {
  const whole = await Array.fromAsync(wholeCandles(told(state(1, "2"), state(2, "2"), state(1, "3"))));
  assert.deepEqual(whole.map(({ openTimeMs, close }) => [openTimeMs / MINUTE_MS, close]), [[1, "2"], [1, "3"]]);
});
