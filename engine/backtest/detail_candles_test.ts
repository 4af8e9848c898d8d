import assert from "node:assert/strict";
import fc from "fast-check";
import { candleColumns, instrument, resample } from "../market/mod.ts";
import { close } from "../series/mod.ts";
import {
  atPrice,
  BaseStrategy,
  type DecisionContext,
  defineStrategy,
  type EntryOptions,
  percent,
} from "../strategies/mod.ts";
import { SeededRandom, timeframe, timestampMs } from "../time/mod.ts";
import { parseRunSpec, runBacktest, type RunSpecInput } from "./mod.ts";

const MINUTE = 60_000;
const market = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear" });
type Bar = readonly [open: number, high: number, low: number, close: number];

const minutesOf = (bars: readonly Bar[]) =>
  candleColumns(
    market,
    timeframe("15m"),
    bars.map(([open, high, low, close], i) => ({
      openTimeMs: timestampMs(i * 15 * MINUTE),
      open,
      high,
      low,
      close,
      volume: 1,
    })),
  );

/** Buys on the first candle. */
function once(options: EntryOptions) {
  class Once extends BaseStrategy {
    readonly series = [];
    decide(context: DecisionContext): void {
      if (context.index === 0) context.buy(options);
    }
  }
  return defineStrategy({ id: "once", params: {}, create: () => new Once() }).bind();
}

const spec = (part: Partial<RunSpecInput> = {}) =>
  parseRunSpec({
    strategy: "once",
    markets: [{ exchange: "test", symbol: "BTC/USDT", kind: "linear" }],
    timeframe: "1h",
    costs: { makerBps: 0, takerBps: 0 },
    sizing: { kind: "units", units: 1 },
    ...part,
  });

const FLAT: Bar = [100, 100, 100, 100];
const HOUR: Bar[] = [FLAT, FLAT, FLAT, FLAT];

Deno.test("finer candles tell whether the stop or the target came first, and when", async () => {
  const strategy = once({ stop: atPrice(95), target: atPrice(105) });
  const up: Bar[] = [[100, 102, 99, 101], [101, 106, 101, 104], [104, 104, 94, 95], [95, 96, 94, 95]];
  const minutes = minutesOf([...HOUR, ...up]);
  const hours = resample(minutes, timeframe("1h"));
  const alone = await runBacktest(spec(), strategy, [hours]);
  const detailed = await runBacktest(spec({ detail: "15m" }), strategy, [hours, minutes]);
  const told = ({ trades: [trade], notes }: typeof alone) => [
    trade!.exitReason,
    trade!.exitPrice,
    trade!.exitTimeMs,
    notes.ambiguousFills,
  ];
  assert.deepEqual(told(alone), ["stop", 95, 60 * MINUTE, 1]);
  assert.deepEqual(told(detailed), ["target", 105, 75 * MINUTE, 0]);
  assert.notEqual(alone.manifest.run.hash, detailed.manifest.run.hash);
  assert.deepEqual(detailed.manifest.run.data.map((own) => own.timeframe), [undefined, "15m"]);
});

Deno.test("detail that is missing, coarser or contradicts the candles is refused or told", async () => {
  const strategy = once({ stop: percent(5) });
  const minutes = minutesOf([...HOUR, ...HOUR, ...HOUR]);
  const hours = resample(minutes, timeframe("1h"));
  await assert.rejects(runBacktest(spec({ detail: "15m" }), strategy, [hours]), /no 15m candles of test:BTC\/USDT/);
  const hole = minutesOf([...HOUR]);
  await assert.rejects(
    runBacktest(spec({ detail: "15m" }), strategy, [hours, hole]),
    /in the candle of 1970-01-01T01:00/,
  );
  assert.throws(() => spec({ detail: "1d" }), /not finer than 1h/);
  const other = minutesOf([...HOUR, [100, 101, 100, 100], ...HOUR.slice(1), ...HOUR]);
  const { notes } = await runBacktest(spec({ detail: "15m" }), strategy, [hours, other]);
  assert.ok(notes.warnings.some((warning) => warning.startsWith("1 candle of test:BTC/USDT differs")));
});

Deno.test("with detail every fill lies in the finer candle that it names, and decisions see hours only, over 1,000 histories", async () => {
  const strategy = defineStrategy({
    id: "once",
    params: {},
    rules: () => ({ enter: close.gt(100), enterShort: close.lt(100), stop: percent(1), target: percent(1) }),
  }).bind();
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const random = new SeededRandom(seed);
      let last = 100;
      const minutes = minutesOf(Array.from({ length: 80 }, (): Bar => {
        const open = last, end = last = open * (0.99 + random.next() * 0.02);
        return [
          open,
          Math.max(open, end) * (1 + random.next() / 200),
          Math.min(open, end) * (1 - random.next() / 200),
          end,
        ];
      }));
      const hours = resample(minutes, timeframe("1h"));
      const { trades, notes } = await runBacktest(spec({ detail: "15m" }), strategy, [hours, minutes]);
      const within = (timeMs: number, price: number) => {
        const row = minutes.openTimeMs.indexOf(timeMs);
        return minutes.low[row]! - 1e-8 <= price && price <= minutes.high[row]! + 1e-8;
      };
      for (const trade of trades) {
        assert.ok(within(trade.entryTimeMs, trade.entryPrice) && within(trade.exitTimeMs, trade.exitPrice));
        if (trade.exitReason !== "enter") {
          assert.equal(trade.entryTimeMs % (60 * MINUTE), 0, "entries at an hour's open");
        }
      }
      assert.deepEqual(notes.warnings.filter((warning) => warning.includes("differ")), []);
    }),
    { numRuns: 1_000 },
  );
});
