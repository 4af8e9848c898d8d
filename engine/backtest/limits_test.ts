import assert from "node:assert/strict";
import fc from "fast-check";
import { sma } from "../indicators/mod.ts";
import { type CandleColumns, instrument } from "../market/mod.ts";
import type { LimitSpec } from "../risk/mod.ts";
import { close } from "../series/mod.ts";
import { defineStrategy, percent } from "../strategies/mod.ts";
import { randomCandles } from "../testing/random_candles.ts";
import { timeframe } from "../time/mod.ts";
import { parseRunSpec, runBacktest, type RunRecord } from "./mod.ts";

const MINUTE_MS = 60_000, DAY_MS = 86_400_000;
const START_MS = Date.UTC(2024, 0, 1);
const minute = timeframe("1m");
const markets = ["BTC", "ETH", "SOL"].map((base) =>
  instrument({ exchange: "test", symbol: `${base}/USDT`, kind: "linear" })
);
const restless = defineStrategy({
  id: "restless",
  params: {},
  rules: () => ({
    enter: close.gt(sma(close, 3)),
    exit: close.lt(sma(close, 4)),
    stop: percent(1),
  }),
});

const histories = fc.tuple(...markets.map((market) => randomCandles(market, minute, START_MS, 150)));

function run(histories: readonly CandleColumns[], limits: LimitSpec): Promise<RunRecord> {
  const spec = parseRunSpec({
    strategy: "restless",
    markets: histories.map(({ instrument: { exchange, symbol } }) => ({ exchange, symbol, kind: "linear" })),
    timeframe: "1m",
    account: { leverage: 3 },
    sizing: { kind: "equity-fraction", fraction: 0.4 },
    limits,
  });
  return runBacktest(spec, restless.bind(), histories);
}

/** Entries and exits in order of time, exits first: what one candle closes is closed before it opens anything. */
function moves({ trades, notes }: RunRecord) {
  const entries = [...trades, ...notes.openTrades].map(({ entryTimeMs, instrument }) => ({
    timeMs: entryTimeMs,
    instrument,
    by: 1,
  }));
  const exits = trades.map(({ exitTimeMs, instrument }) => ({ timeMs: exitTimeMs, instrument, by: -1 }));
  return [...exits, ...entries].sort((a, b) => a.timeMs - b.timeMs);
}

Deno.test("limits of an account hold over 150 random histories of three markets, and what they refuse is in the funnel", async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(histories, async (columns) => {
      const free = await run(columns, {});
      const two = await run(columns, { maxPositions: 2, maxEntriesPerDay: 3, cooldownCandles: 4 });
      let open = 0;
      const entriesOfDay = new Map<number, number>();
      for (const { timeMs, by } of moves(two)) {
        open += by;
        const day = Math.floor(timeMs / DAY_MS);
        if (by > 0) entriesOfDay.set(day, (entriesOfDay.get(day) ?? 0) + 1);
        assert.ok(open <= 2, `${open} positions`);
      }
      for (const count of entriesOfDay.values()) assert.ok(count <= 3, `${count} entries in a day`);
      for (const { instrument, exitTimeMs } of two.trades) {
        const soon = two.trades.some((other) =>
          other.instrument === instrument && other.entryTimeMs > exitTimeMs &&
          other.entryTimeMs < exitTimeMs + 4 * MINUTE_MS
        );
        assert.ok(!soon, "an entry within the cooldown");
      }
      for (const [code, count] of Object.entries(two.notes.funnel)) if (count > 0) seen.add(code);
      assert.ok(two.trades.length <= free.trades.length + 3);
    }),
    { numRuns: 150 },
  );
  for (const code of ["refused:max-positions", "refused:daily-entries", "refused:cooldown"]) {
    assert.ok(seen.has(code), code);
  }
});

Deno.test("while the equity is too far below its peak nothing is opened, over 200 random histories", async () => {
  let held = 0;
  await fc.assert(
    fc.asyncProperty(histories, async ([columns]) => {
      const limited = await run([columns], { maxDrawdownFraction: 0.05 });
      const { closeTimeMs, equity } = limited.equity;
      const entered = new Set([...limited.trades, ...limited.notes.openTrades].map(({ entryTimeMs }) => entryTimeMs));
      let peak = 10_000;
      for (let i = 0; i + 1 < equity.length; i++) {
        peak = Math.max(peak, equity[i]!);
        if (equity[i]! > peak * 0.95) continue;
        held++;
        const next = columns.openTimeMs[i + 1]!;
        assert.ok(!entered.has(next as never), `an entry at ${next}, after a close of ${equity[i]} below ${peak}`);
        assert.ok(closeTimeMs[i]! <= next);
      }
    }),
    { numRuns: 200 },
  );
  assert.ok(held > 1_000, `only ${held} closes were that far below`);
});
