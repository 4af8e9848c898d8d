import assert from "node:assert/strict";
import { rsi, sma } from "../indicators/mod.ts";
import { type CandleColumns, instrument } from "../market/mod.ts";
import { close, high, highest } from "../series/mod.ts";
import { backtestingPyOnCloseRules, backtestingPyRules } from "../simulator/mod.ts";
import {
  atPrice,
  BaseStrategy,
  type DecisionContext,
  defineStrategy,
  type EntryOptions,
  limitAt,
  stopAt,
} from "../strategies/mod.ts";
import { requireOrSkip, sharedPath } from "../testing/shared_data.ts";
import { timeframe } from "../time/mod.ts";
import { readCandles } from "../testing/read_candles.ts";
import { parseRunSpec, type Replay, replayOf, type RunSpecInput } from "./mod.ts";

interface GoldenRun {
  readonly strategy: string;
  readonly rule: string;
  readonly params: Record<string, number>;
  readonly broker: {
    cash: number;
    commission: number | [number, number];
    spread: number;
    margin: number;
    trade_on_close: boolean;
    exclusive_orders: boolean;
    finalize_trades: boolean;
  };
  readonly fractional_unit: number | null;
  readonly first_bar_of_next: number;
  readonly trades: {
    size: number;
    entry_bar: number;
    exit_bar: number;
    entry_price: number;
    exit_price: number;
    pnl: number;
    commission: number;
  }[];
  readonly equity: number[];
}
interface Golden {
  readonly series: { file: string; start: string; end_exclusive: string; rows: number };
  readonly runs: GoldenRun[];
}

type Decide = (
  run: GoldenRun,
  context: DecisionContext,
  a: number,
  b: number,
  previousA: number,
  previousB: number,
) => void;

const full: EntryOptions = { sizing: { kind: "equity-fraction", fraction: 1 - 2 ** -52 } };
const protectedBy = (stop: number, target: number): EntryOptions => ({
  ...full,
  stop: atPrice(stop),
  target: atPrice(target),
});

/** The rules by what the reference file says of them. */
const RULES: [pattern: RegExp, decide: Decide][] = [
  [/^cross up: close position then buy\(\) full; cross down/, (_, context, a, b, pa, pb) => {
    if (pa < pb && a > b) {
      context.exit();
      context.buy(full);
    } else if (pb < pa && b > a) {
      context.exit();
      context.sell(full);
    }
  }],
  [/^cross up: buy\(\) full; cross down: position.close/, (_, context, a, b, pa, pb) => {
    if (pa < pb && a > b) context.buy(full);
    else if (pb < pa && b > a) context.exit();
  }],
  [/^flat and RSI/, (run, context, a) => {
    if (context.position === 0 && a < run.params.lo!) context.buy(full);
    else if (context.position !== 0 && a > run.params.hi!) context.exit();
  }],
  [/^cross up and flat: buy\(sl=.*tp=/, (run, context, a, b, pa, pb) => {
    const { slp, tpp } = run.params as { slp: number; tpp: number };
    if (pa < pb && a > b && context.position === 0) {
      context.buy(protectedBy(context.close * (1 - slp), context.close * (1 + tpp)));
    } else if (pb < pa && b > a && context.position !== 0) context.exit();
  }],
  [/^flat, no pending order, SMA/, (run, context, a, b) => {
    const { slp, tpp } = run.params as { slp: number; tpp: number };
    if (context.position === 0 && !context.entryPending && a > b) {
      context.buy(protectedBy(context.close * (1 - slp), context.close * (1 + tpp)));
    }
  }],
  [/^cross down and flat: sell\(sl=/, (run, context, a, b, pa, pb) => {
    const { slp, tpp } = run.params as { slp: number; tpp: number };
    if (pb < pa && b > a && context.position === 0) {
      context.sell(protectedBy(context.close * (1 + slp), context.close * (1 - tpp)));
    } else if (pa < pb && a > b && context.position !== 0) context.exit();
  }],
  [/^cross up and flat: cancel pending orders, buy\(limit/, (run, context, a, b, pa, pb) => {
    if (pa < pb && a > b && context.position === 0) {
      context.withdraw();
      context.buy({ ...full, at: limitAt(context.close * (1 - run.params.off!)) });
    } else if (pb < pa && b > a) context.exit();
  }],
  [/^every bar while flat: cancel pending orders; s = MAX/, (run, context, highestHigh) => {
    if (context.position !== 0) return;
    const { slp, tpp } = run.params as { slp: number; tpp: number };
    const trigger = highestHigh * 1.001;
    context.withdraw();
    if (trigger > context.close) {
      context.buy({ ...protectedBy(trigger * (1 - slp), trigger * (1 + tpp)), at: stopAt(trigger) });
    }
  }],
  [/^cross up and flat: buy\(sl=close\*\(1-trail\)\)/, (run, context, a, b, pa, pb) => {
    const stop = context.close * (1 - run.params.trail!);
    if (context.position !== 0) {
      const highest = Math.max(Number(context.memory.stop ?? -Infinity), stop);
      context.memory.stop = highest;
      context.protect({ stop: atPrice(highest) });
    } else if (pa < pb && a > b) {
      context.memory.stop = stop;
      context.buy({ ...full, stop: atPrice(stop) });
    }
  }],
  [/^cross up: buy\(size=0.5\)/, (_, context, a, b, pa, pb) => {
    if (pa < pb && a > b) context.buy({ sizing: { kind: "equity-fraction", fraction: 0.5 } });
    else if (pb < pa && b > a) context.exit();
  }],
  [/^cross up: buy\(size=units\)/, (run, context, a, b, pa, pb) => {
    if (pa < pb && a > b) context.buy({ sizing: { kind: "units", units: run.params.units! } });
    else if (pb < pa && b > a) context.exit();
  }],
];

class Reference extends BaseStrategy {
  readonly series;
  constructor(readonly run: GoldenRun, readonly rule: Decide) {
    super();
    const { fast, slow, n } = run.params as { fast: number; slow: number; n: number };
    this.series = run.rule.startsWith("flat and RSI")
      ? [rsi(close, n)]
      : run.rule.startsWith("every bar while flat")
      ? [highest(high, n)]
      : [sma(close, fast), sma(close, slow)];
  }
  decide(context: DecisionContext): void {
    const [a, b] = context.values as unknown as [number, number];
    const { a: previousA = NaN, b: previousB = NaN } = context.memory as { a?: number; b?: number };
    if (context.index >= this.run.first_bar_of_next) this.rule(this.run, context, a, b, previousA, previousB);
    context.memory.a = a;
    context.memory.b = b ?? NaN;
  }
}

function reproduce(run: GoldenRun, rule: Decide, candles: CandleColumns): Replay {
  const strategy = defineStrategy({ id: "reference", params: {}, create: () => new Reference(run, rule) }).bind();
  const { broker } = run;
  const [fixedFeeQuote, rate] = Array.isArray(broker.commission) ? broker.commission : [0, broker.commission];
  const rules = broker.trade_on_close ? backtestingPyOnCloseRules : backtestingPyRules;
  const spec: RunSpecInput = {
    strategy: "reference",
    markets: [{
      exchange: candles.instrument.exchange,
      symbol: candles.instrument.symbol,
      kind: "linear",
      tick: "0.000000000001",
      lot: run.fractional_unit ? run.fractional_unit.toFixed(12) : "1",
      feeDecimals: 24,
    }],
    timeframe: candles.timeframe,
    account: { cashQuote: broker.cash, leverage: 1 / broker.margin },
    fillRules: { ...rules, atEnd: broker.finalize_trades ? rules.atEnd : "leave-open" },
    costs: { makerBps: rate * 1e4, takerBps: rate * 1e4, fixedFeeQuote, slippageBps: broker.spread * 1e4 },
  };
  return replayOf(parseRunSpec(spec), strategy, [candles], candles.openTimeMs[0] as never);
}

const near = (a: number, b: number, scale = Math.abs(b)) => Math.abs(a - b) <= 1e-9 * Math.max(scale, 1e-9);

function compare(run: GoldenRun, candles: CandleColumns, result: Replay, name: string): number {
  const rowOfTime = new Map<number, number>();
  candles.openTimeMs.forEach((time, row) => rowOfTime.set(time, row));
  const step = timeframe(candles.timeframe) === "1h" ? 3_600_000 : 86_400_000;
  // A fill at the close before is stamped with that close, which is the reference's bar.
  const barOf = (time: number, onClose: boolean) => rowOfTime.get(onClose ? time - step : time);
  assert.equal(result.closed.length, run.trades.length, `${name}: number of trades`);
  let compared = 0;
  run.trades.forEach((trade, i) => {
    const lot = result.closed[i]!.lot;
    const at = `${name}: trade ${i}`;
    const size = Number(lot.quantity) / 1e12,
      entry = Number(lot.entryPrice) / 1e12,
      exit = Number(lot.exitPrice) / 1e12;
    assert.ok(near(size, trade.size), `${at}: size ${size}, not ${trade.size}`);
    assert.ok(near(entry, trade.entry_price), `${at}: entry ${entry}, not ${trade.entry_price}`);
    assert.ok(near(exit, trade.exit_price), `${at}: exit ${exit}, not ${trade.exit_price}`);
    const fees = Number(lot.feesQuote) / 1e24;
    const pnl = size * (exit - entry) - fees;
    assert.ok(
      near(fees, trade.commission, Math.max(trade.commission, 1e-3)),
      `${at}: fees ${fees}, not ${trade.commission}`,
    );
    assert.ok(near(pnl, trade.pnl, Math.abs(size * entry)), `${at}: pnl ${pnl}, not ${trade.pnl}`);
    const stops = ["stop", "target"].includes(lot.exitReason);
    const entersOnClose = run.broker.trade_on_close && !/limit=|stop=/.test(run.rule);
    assert.equal(barOf(lot.entryTimeMs, entersOnClose), trade.entry_bar, `${at}: entry bar`);
    if (lot.exitReason !== "end") {
      assert.equal(barOf(lot.exitTimeMs, run.broker.trade_on_close && !stops), trade.exit_bar, `${at}: exit bar`);
    }
    compared += 7;
  });
  for (let row = 0; row < run.equity.length; row++) {
    assert.ok(
      near(result.equity.equity[row]!, run.equity[row]!),
      `${name}: equity ${row}: ${result.equity.equity[row]}, not ${run.equity[row]}`,
    );
    compared++;
  }
  return compared;
}

const FILES: [file: string, values: number][] = [
  ["backtests_btcusdt_1d", 58_870],
  ["backtests_btcusdt_1h", 82_159],
  ["backtests_coinbase_btcusd_1d_gaps", 52_318],
];
for (const [file, values] of FILES) {
  Deno.test(`${file}: 28 runs as backtesting.py fills them, trade by trade and equity bar by bar (${values} values to 1e-9)`, async () => {
    const path = sharedPath(`goldens/${file}.json`);
    if (!requireOrSkip("goldens", path !== undefined, `${file}.json`)) return;
    const golden: Golden = JSON.parse(Deno.readTextFileSync(path!));
    const [, exchange, name] = /candles\/(\w+)\/(\w+)\.parquet/.exec(golden.series.file)!;
    const symbol = name!.startsWith("BTCUSDT") ? "BTC/USDT" : "BTC/USD";
    const tf = timeframe(name!.split("_")[1]!);
    const market = instrument({ exchange: exchange!, symbol, kind: "linear" });
    const candles = await readCandles(
      sharedPath(golden.series.file)!,
      market,
      tf,
      golden.series.start,
      golden.series.end_exclusive,
    );
    assert.equal(candles.length, golden.series.rows);
    let compared = 0, runs = 0;
    golden.runs.forEach((run, i) => {
      const rule = RULES.find(([pattern]) => pattern.test(run.rule))?.[1];
      assert.ok(rule, run.rule);
      compared += compare(run, candles, reproduce(run, rule, candles), `${file} run ${i} (${run.strategy})`);
      runs++;
    });
    assert.deepEqual([runs, compared], [28, values]);
  });
}
