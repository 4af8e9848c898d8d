// Both evaluators over random expressions: here rather than in series, because the indicators' kernels take part.
import assert from "node:assert/strict";
import fc from "fast-check";
import { type CandleColumns, instrument, sliceCandles } from "../market/mod.ts";
import {
  close,
  closeTime,
  compileStream,
  constant,
  crossesAbove,
  crossesBelow,
  dayOfMonth,
  dayOfWeek,
  evaluateColumns,
  high,
  highest,
  hourOfDay,
  low,
  lowest,
  minuteOfHour,
  monthOfYear,
  of,
  on,
  open,
  type Series,
  shift,
  type StreamProgram,
  volume,
} from "../series/mod.ts";
import { randomCandles } from "../testing/random_candles.ts";
import { timeframe } from "../time/mod.ts";
import { adx, atr, bollinger, cci, ema, macd, minusDi, obv, plusDi, roc, rsi, sma, stochastic, wma } from "./mod.ts";

const btc = instrument({ exchange: "test", symbol: "BTC/USDT" }),
  eth = instrument({ exchange: "test", symbol: "ETH/USDT" });
const minute = timeframe("1m");
const RUNS = 3_000;

const length = fc.integer({ min: 2, max: 9 });
const { base } = fc.letrec<{ base: Series }>((tie) => {
  const a = tie("base"), b = tie("base");
  const binary = fc.constantFrom("add", "sub", "mul", "div", "min", "max", "gt", "gte", "lt", "lte", "eq", "and", "or");
  const unary = fc.constantFrom("neg", "abs", "sqrt", "not");
  return {
    base: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom(open, high, low, close, volume, constant(100), constant(0)),
      fc.constantFrom(closeTime, minuteOfHour(), hourOfDay(), dayOfWeek(), dayOfMonth(), monthOfYear()),
      length.chain((n) =>
        fc.constantFrom(
          atr(n),
          adx(n),
          plusDi(n),
          minusDi(n),
          cci(n),
          obv(),
          stochastic({ length: n, smooth: 3, signal: 2 }).k,
        )
      ),
      fc.tuple(a, b, binary).map(([x, y, name]) => x[name as "add"](y)),
      fc.tuple(a, unary).map(([x, name]) => x[name as "neg"]()),
      fc.tuple(a, length).chain(([x, n]) =>
        fc.constantFrom(
          sma(x, n),
          ema(x, n),
          wma(x, n),
          rsi(x, n),
          roc(x, n),
          highest(x, n),
          lowest(x, n),
          shift(x, n),
          bollinger(x, { length: n, deviationsUp: 2, deviationsDown: 1.5 }).upper,
          bollinger(x, { length: n, deviationsUp: 2, deviationsDown: 1.5 }).lower,
          macd(x, { fast: n, slow: n + 3, signal: 3 }).histogram,
        )
      ),
      fc.tuple(a, b).chain(([x, y]) => fc.constantFrom(crossesAbove(x, y), crossesBelow(x, y))),
    ),
  };
});
/** Expressions that also speak of coarser candles and of the other symbol. */
const anySeries: fc.Arbitrary<Series> = fc.oneof(
  base,
  fc.tuple(base, fc.constantFrom("5m", "15m")).map(([e, tf]) => on(tf, e)),
  base.map((e) => of("ETH/USDT", e)),
  fc.tuple(base, base).map(([x, y]) => of("ETH/USDT", on("5m", x)).sub(on("5m", y))),
  fc.tuple(base, base).map(([x, y]) => crossesAbove(on("5m", x), of("ETH/USDT", y))),
);
/** 00:02, so that the first coarse candle is cut. */
const START = Date.UTC(2024, 0, 1, 0, 2);
const btcCandles = randomCandles(btc, minute, START, 80), ethCandles = randomCandles(eth, minute, START - 120_000, 80);

/** Streams both markets in time order; `each` is called before every group. */
function stream(
  roots: Series[],
  own: CandleColumns,
  other: CandleColumns,
  each?: (p: StreamProgram, row: number) => StreamProgram,
): Float64Array[] {
  let program = compileStream(roots, minute, "BTC/USDT");
  const out = roots.map(() => new Float64Array(own.length));
  let next = 0;
  for (let row = 0; row < own.length; row++) {
    if (each) program = each(program, row);
    const symbol = program.symbols.indexOf("ETH/USDT");
    for (; next < other.length && other.openTimeMs[next]! <= own.openTimeMs[row]!; next++) {
      if (symbol > 0) program.push(symbol, other, next);
    }
    program.push(0, own, row);
    out.forEach((values, i) => values[row] = program.values[i]!);
  }
  return out;
}

function assertSame(a: Float64Array[], b: Float64Array[], rows: number, roots: Series[]): void {
  roots.forEach((root, i) => {
    for (let row = 0; row < rows; row++) {
      assert.ok(Object.is(a[i]![row]!, b[i]![row]!), `${root.label} at ${row}: ${a[i]![row]} and ${b[i]![row]}`);
    }
  });
}

const roots = fc.array(anySeries, { minLength: 1, maxLength: 3 });
const others = (candles: CandleColumns) => new Map([["ETH/USDT", candles]]);

Deno.test(`columns and stream give the same bits, over ${RUNS} random expressions and candles`, () => {
  fc.assert(
    fc.property(roots, btcCandles, ethCandles, (expressions, own, other) => {
      assertSame(
        evaluateColumns(expressions, own, others(other)),
        stream(expressions, own, other),
        own.length,
        expressions,
      );
    }),
    { numRuns: RUNS },
  );
});

Deno.test(`cutting the future changes nothing in the past, over ${RUNS} random expressions and candles`, () => {
  fc.assert(
    fc.property(roots, btcCandles, ethCandles, fc.nat(), (expressions, own, other, at) => {
      const rows = 1 + at % own.length;
      const last = own.openTimeMs[rows - 1]!;
      const past = sliceCandles(own, 0, rows);
      const otherPast = sliceCandles(other, 0, other.openTimeMs.filter((time) => time <= last).length);
      const whole = evaluateColumns(expressions, own, others(other)),
        cut = evaluateColumns(expressions, past, others(otherPast));
      assertSame(whole, cut, rows, expressions);
    }),
    { numRuns: RUNS },
  );
});

Deno.test(`saving and restoring a stream before any candle changes nothing, over ${RUNS} random expressions`, () => {
  fc.assert(
    fc.property(roots, btcCandles, ethCandles, fc.nat(), (expressions, own, other, at) => {
      const restored = stream(expressions, own, other, (program, row) => {
        if (row !== at % own.length) return program;
        const state = structuredClone(program.save());
        const fresh = compileStream(expressions, minute, "BTC/USDT");
        fresh.restore(state);
        return fresh;
      });
      assertSame(restored, stream(expressions, own, other), own.length, expressions);
    }),
    { numRuns: RUNS },
  );
});

/** Candles of which every price and the volume are these values. */
function closesOnly(path: Float64Array): CandleColumns {
  const openTimeMs = path.map((_, i) => i * 60_000), length = path.length;
  return {
    instrument: btc,
    timeframe: minute,
    length,
    openTimeMs,
    open: path,
    high: path,
    low: path,
    close: path,
    volume: path,
  };
}

Deno.test("when a market that moved stands still, its bands meet and nothing deviates, at prices from 1e-5 to 1e5", () => {
  for (const price of [1e-5, 0.3, 223, 1e5]) {
    const still = 40, moves = [1.7, 0.4, 3.1, 1.2, 2.5, 0.9].map((factor) => price * factor);
    const path = Float64Array.of(...moves, ...Array(still).fill(price), price * (1 + 1e-15));
    const bands = bollinger(close, { length: 5, deviationsUp: 2, deviationsDown: 2 });
    const [upper, lower, index] = evaluateColumns([bands.upper, bands.lower, cci(5)], closesOnly(path));
    for (let i = moves.length + 4; i < path.length; i++) {
      assert.ok(Math.abs(upper![i]! - lower![i]!) <= 1e-12 * price, `${price}: ${upper![i]! - lower![i]!} wide`);
      assert.equal(index![i], 0, `${price}: cci`);
    }
  }
});

Deno.test("running sums are rebuilt alike in both evaluators, and do not drift, over 10,000 candles", () => {
  const n = 10_000;
  let price = 30_000;
  const path = Float64Array.from({ length: n }, (_, i) => price *= 1 + Math.sin(i * 12.9898) * 0.002);
  const candles = closesOnly(path);
  const expressions = [
    sma(close, 50),
    sma(close, 1500),
    wma(close, 30),
    bollinger(close, { length: 20, deviationsUp: 2, deviationsDown: 2 }).upper,
    ema(close, 50),
    rsi(close, 14),
    atr(14),
    macd(close, { fast: 12, slow: 26, signal: 9 }).signal,
    adx(14),
    cci(20),
    obv(),
    highest(close, 30),
  ];
  const columns = evaluateColumns(expressions, candles);
  assertSame(columns, stream(expressions, candles, sliceCandles(candles, 0, 0)), n, expressions);
  for (let row = 50; row < n; row += 97) {
    let sum = 0;
    for (let i = row - 49; i <= row; i++) sum += path[i]!;
    assert.ok(Math.abs(columns[0]![row]! / (sum / 50) - 1) < 1e-13);
  }
});

Deno.test("the first known value comes after exactly `warmUp` candles, for every indicator", () => {
  const n = 200;
  const wave = (scale: number) => Float64Array.from({ length: n }, (_, i) => 100 + scale * Math.sin(i));
  const times = Float64Array.from({ length: n }, (_, i) => i * 60_000);
  const candles = {
    instrument: btc,
    timeframe: minute,
    length: n,
    openTimeMs: times,
    open: wave(1),
    high: wave(2).map((v) => v + 5),
    low: wave(1).map((v) => v - 5),
    close: wave(1),
    volume: wave(3),
  };
  const lines = macd(close, { fast: 3, slow: 7, signal: 4 });
  const slow = stochastic({ length: 5, smooth: 3, signal: 3 });
  for (
    const node of [
      sma(close, 7),
      ema(close, 7),
      wma(close, 7),
      rsi(close, 7),
      lines.macd,
      lines.signal,
      atr(7),
      adx(7),
      plusDi(7),
      minusDi(7),
      cci(7),
      obv(),
      roc(close, 7),
      slow.k,
      slow.d,
      highest(sma(close, 4), 3),
      shift(close, 5),
      crossesAbove(sma(close, 3), sma(close, 8)),
      on("5m", sma(close, 3)),
      bollinger(close, { length: 9, deviationsUp: 1, deviationsDown: 1 }).lower,
    ]
  ) {
    const [values] = evaluateColumns([node], candles);
    assert.equal(values!.findIndex((value) => !Number.isNaN(value)), node.warmUpOn(minute), node.label);
  }
});

Deno.test("equal expressions are one object, different ones are not, and their JSON tells them apart", () => {
  fc.assert(
    fc.property(base, base, (a, b) => {
      assert.equal(a === b, JSON.stringify(a.toJSON()) === JSON.stringify(b.toJSON()));
      assert.equal(a === b, a.hash === b.hash);
    }),
    { numRuns: 300 },
  );
  assert.equal(sma(close, 10), sma(close, 10));
  assert.equal(close.add(1), close.add(constant(1)));
  assert.ok(Object.isFrozen(sma(close, 10)));
});
