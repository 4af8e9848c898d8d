import assert from "node:assert/strict";
import { candleColumns, instrument } from "../market/mod.ts";
import { close } from "../series/mod.ts";
import {
  atPrice,
  BaseStrategy,
  type BoundStrategy,
  type DecisionContext,
  defineStrategy,
  limitAt,
  percent,
} from "../strategies/mod.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { parseRunSpec, runBacktest, type RunRecord } from "./mod.ts";

const START = Date.UTC(2024, 0, 1), HOUR_MS = 3_600_000;
const market = { exchange: "test", symbol: "BTC/USDT" } as const;

type Bar = readonly [open: number, high: number, low: number, close: number];

function run(strategy: BoundStrategy, bars: readonly Bar[]): Promise<RunRecord> {
  const candles = candleColumns(
    instrument(market),
    timeframe("1h"),
    bars.map(([open, high, low, close], i) => ({
      openTimeMs: START + i * HOUR_MS as TimestampMs,
      open,
      high,
      low,
      close,
      volume: 1,
    })),
  );
  const spec = parseRunSpec({ strategy: strategy.id, markets: [market], timeframe: "1h" });
  return runBacktest(spec, strategy, [candles]);
}

const always = defineStrategy({
  id: "always",
  params: {},
  rules: () => ({ enter: close.gt(99), stop: percent(5), target: percent(10) }),
});

Deno.test("a candle from 94 to 111 that has the stop of 95 and the target of 110 is listed, with what was taken", async () => {
  const { notes, trades } = await run(always.bind(), [[100, 101, 99, 100], [100, 102, 99, 98], [98, 111, 94, 97]]);
  assert.deepEqual(trades.map(({ exitReason, exitPrice }) => [exitReason, exitPrice]), [["stop", 95]]);
  assert.deepEqual(notes.ambiguousExits, [{
    timeMs: START + 2 * HOUR_MS,
    instrument: "test:BTC/USDT",
    strategy: "always",
    low: 94,
    high: 111,
    exitReason: "stop",
    exitPrice: 95,
    enteredInCandle: false,
  }]);
  assert.equal(notes.ambiguousFills, 1);
});

class Early extends BaseStrategy {
  readonly series = [];
  decide(context: DecisionContext): void {
    if (context.index === 0) context.buy({ at: limitAt(97), stop: atPrice(94), target: atPrice(110) });
  }
}
const early = defineStrategy({ id: "early", params: {}, create: () => new Early() });

Deno.test("an entry at 97 whose candle falls to its stop of 94 and closes above is listed as opened there", async () => {
  const { notes } = await run(early.bind(), [[100, 101, 99, 100], [100, 101, 93, 98]]);
  assert.deepEqual(
    notes.ambiguousExits!.map((own) => [own.timeMs, own.low, own.exitReason, own.exitPrice, own.enteredInCandle]),
    [[START + HOUR_MS, 93, "stop", 94, true]],
  );
});

Deno.test("an exit that the candle leaves no doubt of is not listed", async () => {
  const { notes, trades } = await run(early.bind(), [[100, 101, 99, 100], [100, 101, 90, 92]]);
  assert.deepEqual([trades.length, notes.ambiguousExits], [1, []]);
});
