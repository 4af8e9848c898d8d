import assert from "node:assert/strict";
import { parseRunSpec } from "../../backtest/mod.ts";
import { sma } from "../../indicators/mod.ts";
import type { CandleColumns } from "../../market/mod.ts";
import { applyKernel, close, crossesAbove, type Kernel, KernelState } from "../../series/mod.ts";
import {
  BaseStrategy,
  BUILT_IN_STRATEGIES,
  type DecisionContext,
  defineStrategy,
  percent,
  type Strategy,
  type StrategyRules,
} from "../../strategies/mod.ts";
import { leakCandles } from "../../testing/leak_candles.ts";
import type { LeakFinding, LeakReport } from "./leak_report.ts";
import { strategyLeaks } from "./strategy_leaks.ts";

const btc = leakCandles("BTC/USD", 700, 1);

function judged(make: (candles: CandleColumns) => Strategy): LeakReport {
  const spec = parseRunSpec({
    strategy: make(btc).id,
    params: {},
    markets: [{ exchange: "example", symbol: "BTC/USD" }],
    timeframe: "1h",
  });
  return strategyLeaks({ spec, history: [btc], make: (history) => make(history[0]!).bind() });
}

function coded(decide: (context: DecisionContext) => void): Strategy {
  class Coded extends BaseStrategy {
    readonly series = [sma(close, 20)];
    decide(context: DecisionContext): void {
      decide(context);
    }
  }
  return defineStrategy({ id: "coded", params: {}, create: () => new Coded() });
}

const ruled = (rules: () => StrategyRules) => defineStrategy({ id: "ruled", params: {}, rules });

function only({ findings }: LeakReport): LeakFinding {
  assert.equal(findings.length, 1, findings.map(({ kind, name }) => `${kind} ${name}`).join(", "));
  return findings[0]!;
}

/** Buys on a sign, and sells on its absence. */
function follow(context: DecisionContext, isUp: boolean): void {
  if (isUp && context.position === 0) context.buy();
  else if (!isUp && context.position > 0) context.exit();
}

Deno.test("the built-in strategies know nothing of the future, and their warm-ups stand beside the declared ones", () => {
  for (const strategy of BUILT_IN_STRATEGIES) {
    const { clean, warmUp } = judged(() => strategy);
    assert.ok(clean, strategy.id);
    for (
      const { name, candles, declared } of warmUp.filter(({ kind, name }) =>
        kind === "expression" && /^(sma|highest)/.test(name)
      )
    ) {
      assert.equal(candles, declared, name);
    }
  }
});

Deno.test("a decision that reads candles captured from outside is found, with how far ahead it looks", () => {
  const finding = only(
    judged(() => coded((context) => follow(context, btc.close[context.index + 3]! > context.close))),
  );
  assert.equal(`${finding.kind} ${finding.name}`, "decision coded");
  assert.match(finding.place.at!, /strategy_leaks_test\.ts:\d+:\d+$/);
  assert.deepEqual([finding.lookAheadCandles, finding.wholeHistory], [3, false]);
  const rise = btc.close.findIndex((price, i) => btc.close[i + 3]! > price);
  assert.ok(finding.fromRow! <= rise);
});

Deno.test("candles captured from outside may be read up to the decision", () => {
  assert.ok(judged(() => coded((context) => follow(context, btc.close[context.index - 3]! < context.close))).clean);
  // Made of all candles at the first decision, but each value of the past alone.
  const lazily = () => {
    let means: Float64Array | null = null;
    return coded((context) => {
      means ??= btc.close.map((_, i) => (btc.close[i]! + btc.close[i - 1]!) / 2);
      follow(context, context.close > means[context.index]!);
    });
  };
  assert.ok(judged(lazily).clean);
});

Deno.test("columns that were computed before are found when the strategy is made of its candles", () => {
  const signals = (ahead: number) => (candles: CandleColumns) => {
    const up = candles.close.map((price, i) => candles.close[i + ahead]! > price ? 1 : 0);
    return coded((context) => follow(context, up[context.index] === 1));
  };
  assert.equal(only(judged(signals(1))).lookAheadCandles, 1);
  assert.ok(judged(signals(-1)).clean);
});

Deno.test("columns that were computed before are found by being looked up, by number or by time", () => {
  const up = btc.close.map((price, i) => btc.close[i + 1]! > price ? 1 : 0);
  const byTime = new Map(Array.from(btc.openTimeMs, (time, i) => [time, up[i]! === 1]));
  const byNumber = only(judged(() => coded((context) => follow(context, up[context.index] === 1))));
  assert.match(byNumber.message, /by the number of the candle/);
  const byMoment = only(judged(() => coded((context) => follow(context, byTime.get(context.openTimeMs) === true))));
  assert.match(byMoment.message, /by its time/);
});

Deno.test("who counts candles, goes by the calendar, or waits for a date looks nothing up", () => {
  const rules: ((context: DecisionContext) => boolean)[] = [
    ({ index }) => index % 100 < 40,
    ({ index, close, values }) => index > 50 && close > values[0]!,
    ({ closeTimeMs }) => Math.floor(closeTimeMs / 3_600_000) % 24 < 8,
    ({ closeTimeMs, close, values }) => closeTimeMs > btc.openTimeMs[300]! && close > values[0]!,
  ];
  for (const isUp of rules) {
    assert.ok(judged(() => coded((context) => follow(context, isUp(context)))).clean, String(isUp));
  }
});

Deno.test("state that outlives a run is named as such, memory of the strategy is not", () => {
  let best = 0;
  const kept = only(judged(() =>
    coded((context) => {
      best = Math.max(best, context.close);
      follow(context, context.close >= best);
    })
  ));
  assert.match(kept.message, /when it is run again/);
  assert.ok(
    judged(() =>
      coded((context) => {
        const best = Math.max(Number(context.memory.best ?? 0), context.close);
        context.memory.best = best;
        follow(context, context.close >= best);
      })
    ).clean,
  );
});

Deno.test("a hook is named by the rule that it stands in", () => {
  const at = (closeTimeMs: number) => btc.openTimeMs.indexOf(closeTimeMs);
  const finding = only(judged(() =>
    ruled(() => ({
      enter: crossesAbove(close, sma(close, 20)),
      exit: (position) => btc.close[at(position.closeTimeMs)]! < position.close,
      stop: percent(5),
    }))
  ));
  assert.deepEqual([finding.kind, finding.name, finding.lookAheadCandles], ["hook", "exit", 1]);
});

Deno.test("a constant taken from the whole history is named by its expression", () => {
  const finding = only(judged(() =>
    ruled(() => {
      const known = btc.close.filter((price) => price > 0);
      return {
        enter: close.gt(0.9 * known.reduce((most, price) => Math.max(most, price), 0)),
        exit: close.lt(sma(close, 20)),
      };
    })
  ));
  assert.equal(finding.kind, "expression");
  assert.match(finding.name, /^close > \d/);
});

class CountingState extends KernelState {
  constructor(readonly outside: Float64Array) {
    super(1, 1);
  }
  push(): void {
    const seen = this.memory[0]!;
    this.memory[0] = seen + 1;
    this.out[0] = this.outside[seen + 2]! - this.input[0]!;
  }
}

/** A kernel of the user's whose forms read what they should not. */
function kernel(name: string, outside: Float64Array, ahead: number): Kernel {
  return {
    name,
    inputs: 1,
    outputs: ["value"],
    warmUp: () => [0],
    state: () => new CountingState(outside),
    run([x], from, to, _, [out]) {
      for (let i = from; i < to; i++) out![i] = (x![Math.min(i + ahead, to - 1)] ?? NaN) - x![i]!;
    },
  };
}

Deno.test("a kernel that reads later rows of its column, or an array from outside, is the expression at fault", () => {
  const columnForm = kernel("columnPeek", new Float64Array(btc.length + 2), 2);
  const peek = applyKernel(columnForm, [close], [])[0]!;
  const found = judged(() => ruled(() => ({ enter: peek.gt(0), exit: peek.lt(0) })));
  assert.deepEqual(found.findings.map(({ name, lookAheadCandles }) => [name, lookAheadCandles]), [[
    "columnPeek(close)",
    2,
  ]]);
  const streamForm = kernel("streamPeek", btc.close, 0);
  const outside = applyKernel(streamForm, [close], [])[0]!;
  const finding = only(judged(() => ruled(() => ({ enter: outside.gt(0), exit: outside.lt(0) }))));
  assert.deepEqual([finding.kind, finding.name], ["expression", "streamPeek(close)"]);
});

Deno.test("stops, delayed entries and sizes by equity are no leaks, whatever the account does", () => {
  const delayed = coded((context) => {
    if (context.position === 0 && !context.entryPending && context.close < context.values[0]!) {
      context.buy({ at: { kind: "limit", price: context.close * 0.99 }, stop: percent(2), target: percent(3) });
    } else if (context.barsHeld > 10 || context.equity < 9_000) context.exit();
  });
  assert.ok(judged(() => delayed).clean);
});
