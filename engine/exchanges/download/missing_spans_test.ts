import assert from "node:assert/strict";
import fc from "fast-check";
import { parseTimestamp, timeframe, type TimestampMs } from "../../time/mod.ts";
import { missingSpans } from "./missing_spans.ts";

const MINUTE_MS = 60_000;
const at = (text: string) => parseTimestamp(text);
const shown = (spans: ReturnType<typeof missingSpans>) =>
  spans.map(({ fromMs, toMs }) =>
    `${new Date(fromMs).toISOString().slice(5, 16)} ${new Date(toMs).toISOString().slice(5, 16)}`
  );

Deno.test("what is missing are the stretches between kept candles, cut at the ends of months", () => {
  const range = { fromMs: at("2024-01-31T22:00"), toMs: at("2024-02-01T04:00") };
  const kept = Float64Array.of(at("2024-01-31T23:00"), at("2024-02-01T02:00"));
  assert.deepEqual(shown(missingSpans(range, timeframe("1h"), kept, [])), [
    "01-31T22:00 01-31T23:00",
    "02-01T00:00 02-01T02:00",
    "02-01T03:00 02-01T04:00",
  ]);
});

Deno.test("a stretch that has been asked for is not asked for again, and the first candle is one that begins in the range", () => {
  const asked = [{ fromMs: at("2024-01-31T22:30"), toMs: at("2024-02-01T00:30") }];
  const range = { fromMs: at("2024-01-31T20:10"), toMs: at("2024-02-01T02:00") };
  assert.deepEqual(shown(missingSpans(range, timeframe("1h"), new Float64Array(), asked)), [
    "01-31T21:00 01-31T23:00",
    "02-01T01:00 02-01T02:00",
  ]);
});

Deno.test("the stretches hold exactly the candles that are neither kept nor asked for, in 5,000 cases", () => {
  const start = at("2024-02-29T23:00");
  const minute = fc.integer({ min: 0, max: 120 });
  fc.assert(
    fc.property(
      fc.uniqueArray(minute, { maxLength: 60 }),
      fc.array(fc.tuple(minute, fc.integer({ min: 1, max: 20 })), { maxLength: 4 }),
      (keptMinutes, stretches) => {
        const kept = keptMinutes.sort((a, b) => a - b);
        const asked = stretches.sort(([a], [b]) => a - b).map(([from, length]) => ({
          fromMs: start + from * MINUTE_MS as TimestampMs,
          toMs: start + (from + length) * MINUTE_MS as TimestampMs,
        }));
        const spans = missingSpans(
          { fromMs: start, toMs: start + 120 * MINUTE_MS as TimestampMs },
          timeframe("1m"),
          Float64Array.from(kept, (i) => start + i * MINUTE_MS),
          asked,
        );
        for (let i = 0; i < 120; i++) {
          const time = start + i * MINUTE_MS;
          const isWanted = !kept.includes(i) && !asked.some(({ fromMs, toMs }) => time >= fromMs && time < toMs);
          assert.equal(spans.filter(({ fromMs, toMs }) => time >= fromMs && time < toMs).length, isWanted ? 1 : 0);
        }
      },
    ),
    { numRuns: 5_000 },
  );
});
