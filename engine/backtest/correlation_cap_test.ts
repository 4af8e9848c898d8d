import assert from "node:assert/strict";
import fc from "fast-check";
import { sma } from "../indicators/mod.ts";
import { type CandleColumns, instrument } from "../market/mod.ts";
import type { LimitSpec } from "../risk/mod.ts";
import { close } from "../series/mod.ts";
import { defineStrategy, percent } from "../strategies/mod.ts";
import { randomCandles } from "../testing/random_candles.ts";
import { restarts } from "../testing/restarts.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { saveTrader } from "../trader/mod.ts";
import { candleRange, parseRunSpec, replayOf, runBacktest } from "./mod.ts";

const START_MS = Date.UTC(2024, 0, 1), WINDOW = 10;
const minute = timeframe("1m");
const [btc, eth, sol] = ["BTC", "ETH", "SOL"].map((base) =>
  instrument({ exchange: "test", symbol: `${base}/USDT`, kind: "linear" })
) as [ReturnType<typeof instrument>, ReturnType<typeof instrument>, ReturnType<typeof instrument>];
const restless = defineStrategy({
  id: "restless",
  params: {},
  rules: () => ({ enter: close.gt(sma(close, 3)), exit: close.lt(sma(close, 4)), stop: percent(1) }),
});
/** The same moves at twice the price, in another market. */
function twin(candles: CandleColumns): CandleColumns {
  const twice = (column: Float64Array) => column.map((value) => value * 2);
  const [open, high, low, close] = [candles.open, candles.high, candles.low, candles.close].map(twice);
  return { ...candles, instrument: eth, open: open!, high: high!, low: low!, close: close! };
}
const histories = fc.tuple(randomCandles(btc, minute, START_MS, 150), randomCandles(sol, minute, START_MS, 150))
  .map(([own, other]) => [own, twin(own), other]);

const specOf = (limits: LimitSpec, columns: readonly Pick<CandleColumns, "instrument">[], fraction = 0.2) =>
  parseRunSpec({
    strategy: "any",
    markets: columns.map(({ instrument: { exchange, symbol } }) => ({ exchange, symbol, kind: "linear" })),
    timeframe: "1m",
    account: { leverage: 2 },
    sizing: { kind: "equity-fraction", fraction },
    limits,
  });
const cap: LimitSpec = { maxCorrelation: { coefficient: 0.9, withinCandles: WINDOW } };

Deno.test("two markets that move as one are not held at once when their correlation is known, over 200 histories", async () => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(histories, async (columns) => {
      const run = await runBacktest(specOf(cap, columns), restless.bind(), columns);
      refused += run.notes.funnel["refused:correlation"] ?? 0;
      const known = columns[0]!.openTimeMs[Math.min(2 * WINDOW, columns[0]!.length - 1)]!;
      const late = run.trades.filter(({ entryTimeMs }) => entryTimeMs > known);
      for (const one of late.filter((own) => own.instrument === btc.id)) {
        for (const two of late.filter((own) => own.instrument === eth.id)) {
          const apart = two.exitTimeMs <= one.entryTimeMs || one.exitTimeMs <= two.entryTimeMs;
          const second = Math.max(one.entryTimeMs, two.entryTimeMs);
          assert.ok(apart || !isKnown(columns[0]!, second), `${one.entryTimeMs} and ${two.entryTimeMs}`);
        }
      }
    }),
    { numRuns: 200 },
  );
  assert.ok(refused > 500, `only ${refused} entries were refused`);
});

/** False where candles are missing among the last ones, or the market stood still: then both may be held. */
function isKnown({ openTimeMs, close }: CandleColumns, entryTimeMs: number): boolean {
  const row = openTimeMs.indexOf(entryTimeMs), first = Math.max(0, row - WINDOW - 2);
  const missing = (openTimeMs[row]! - openTimeMs[first]!) / 60_000 - (row - first);
  return missing === 0 && new Set(close.subarray(Math.max(0, row - WINDOW - 1), row)).size > 1;
}

Deno.test("directions count: a short in the same moves is no second bet, a short in opposite ones is", async () => {
  const [columns] = fc.sample(histories.filter(([own]) => own!.length > 120), { numRuns: 1, seed: 11 });
  const [own, other] = columns as [CandleColumns, CandleColumns];
  const mirror = (column: Float64Array) => column.map((value) => 4e4 / value);
  const mirrored: CandleColumns = {
    ...other,
    open: mirror(own.open),
    high: mirror(own.low),
    low: mirror(own.high),
    close: mirror(own.close),
  };
  // The first market lies about 100, the others well above.
  const lowAndHigh = defineStrategy({
    id: "low-and-high",
    params: {},
    rules: () => ({ enter: close.lt(150).and(close.gt(sma(close, 2))), enterShort: close.gt(150), stop: percent(1) }),
  });
  const refusals = async (second: CandleColumns) => {
    const run = await runBacktest(specOf(cap, [own, second]), lowAndHigh.bind(), [own, second]);
    assert.ok(run.trades.length > 5);
    return run.notes.funnel["refused:correlation"] ?? 0;
  };
  assert.equal(await refusals(other), 0);
  assert.ok(await refusals(mirrored) > 10);
});

Deno.test("what is on its way counts: two entries of one close stay within the exposure together (2 cases)", async () => {
  const [columns] = fc.sample(histories.filter(([own]) => own!.length > 120), { numRuns: 1, seed: 12 });
  const pair = columns!.slice(0, 2);
  const within = (shrinkToFit: boolean) =>
    runBacktest(specOf({ maxExposureFraction: 0.5, shrinkToFit }, pair, 0.4), restless.bind(), pair);
  const refusing = await within(false), shrinking = await within(true);
  const ethTrades = ({ trades }: typeof refusing) => trades.filter((own) => own.instrument === eth.id);
  assert.equal(ethTrades(refusing).length, 0);
  const firsts = ethTrades(shrinking).map(({ quantity, entryPrice }) => quantity * entryPrice / 10_000);
  assert.ok(firsts.length > 5 && firsts.every((share) => share > 0.05 && share < 0.15), firsts.join(" "));
});

Deno.test("the look-back of a correlation is loaded, and a restart at any candle changes nothing, over 100 histories", () => {
  const spec = specOf(
    { maxCorrelation: { coefficient: 0.5, withinCandles: 100 } },
    [btc, eth].map((market) => ({ instrument: market })),
  );
  const { from } = candleRange({ ...spec, from: "2024-01-02" }, restless.bind());
  assert.equal(from, Date.UTC(2024, 0, 2) - 101 * 60_000);
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 7 }), (columns, every) => {
      const replayed = (observer?: ReturnType<typeof restarts>) =>
        replayOf(specOf(cap, columns), restless.bind(), columns, START_MS as TimestampMs, undefined, observer);
      const plain = replayed(), restarted = replayed(restarts(every));
      assert.equal(saveTrader(restarted.trader), saveTrader(plain.trader));
      assert.deepEqual(restarted.closed, plain.closed);
    }),
    { numRuns: 100 },
  );
});
