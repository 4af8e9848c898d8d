import assert from "node:assert/strict";
import { close, constant, type Series } from "../series/mod.ts";
import {
  atPrice,
  atrBreakout,
  BaseStrategy,
  bollingerBreakout,
  boolean,
  buyAndHold,
  choice,
  DecisionContext,
  defineStrategy,
  distance,
  donchianBreakout,
  integer,
  macdTrend,
  number,
  percent,
  protectionPrice,
  resolveParameters,
  rsiReversion,
  RuleStrategy,
  smaCross,
  type StrategyRules,
} from "./mod.ts";

const schema = {
  length: integer({ default: 10, min: 2, max: 50 }),
  share: number({ default: 0.5, min: 0, max: 1 }),
  on: boolean({ default: true }),
  mode: choice({ default: "slow", choices: ["slow", "fast"] }),
};

Deno.test("parameters have defaults, and texts are read as their type", () => {
  assert.deepEqual(resolveParameters("x", schema, {}), { length: 10, share: 0.5, on: true, mode: "slow" });
  assert.deepEqual(resolveParameters("x", schema, { length: "7", share: "0.25", on: "false", mode: "fast" }), {
    length: 7,
    share: 0.25,
    on: false,
    mode: "fast",
  });
});

Deno.test("a wrong parameter names the strategy, itself and what it takes (9 cases)", () => {
  const cases: [Record<string, number | string | boolean>, RegExp][] = [
    [{ lenght: 5 }, /x has no parameter "lenght": it has length, share, on, mode/],
    [{ length: 1 }, /length of x cannot be "1": it takes a whole number from 2 to 50/],
    [{ length: 51 }, /whole number/],
    [{ length: 2.5 }, /whole number/],
    [{ length: "" }, /whole number/],
    [{ share: "much" }, /share of x cannot be "much": it takes a number from 0 to 1/],
    [{ share: NaN }, /a number from 0 to 1/],
    [{ on: "yes" }, /true or false/],
    [{ mode: "medium" }, /one of slow, fast/],
  ];
  for (const [given, message] of cases) assert.throws(() => resolveParameters("x", schema, given), message);
});

/** What a rule strategy asks for when its rules have these values. */
function asked(
  values: Partial<Record<"enter" | "exit" | "enterShort" | "exitShort", number>>,
  position: number,
  entryPending = false,
): string {
  const rules: StrategyRules = { enter: close, exit: close, enterShort: close, exitShort: close };
  const strategy = new RuleStrategy(rules);
  const context = new DecisionContext();
  const { enter = 0, exit = 0, enterShort = 0, exitShort = 0 } = values;
  context.values = Float64Array.of(enter, exit, enterShort, exitShort, 0, 0);
  Object.assign(context, { position, entryPending });
  strategy.decide(context);
  return context.requests.map((request) => request.kind === "enter" ? request.side : request.kind).join(" ");
}

Deno.test("rules fire on 1 only, exit beats entry, the other side's entry reverses (16 cases)", () => {
  const cases: [Parameters<typeof asked>[0], number, boolean, string][] = [
    [{ enter: 1 }, 0, false, "buy"],
    [{ enter: NaN }, 0, false, ""],
    [{ enter: 2 }, 0, false, ""],
    [{ enter: 1, exit: 1 }, 0, false, ""],
    [{ enter: 1 }, 1, false, ""],
    [{ enter: 1 }, 0, true, ""],
    [{ exit: 1 }, 0, false, ""],
    [{ exit: 1 }, 1, false, "close"],
    [{ exit: 1, enter: 1 }, 1, false, "close"],
    [{ exit: 1 }, 0, true, "close"],
    [{ enterShort: 1 }, 0, false, "sell"],
    [{ enterShort: 1 }, 1, false, "close sell"],
    [{ exit: 1, enterShort: 1 }, 1, false, "close sell"],
    [{ enter: 1 }, -1, false, "close buy"],
    [{ exitShort: 1 }, -1, false, "close"],
    [{ enter: 1, enterShort: 1 }, 0, false, ""],
  ];
  for (const [values, position, pending, wanted] of cases) {
    assert.equal(asked(values, position, pending), wanted, JSON.stringify({ values, position, pending }));
  }
});

Deno.test("an entry whose stop cannot be computed yet is not made", () => {
  const strategy = new RuleStrategy({ enter: constant(1), stop: close });
  const context = new DecisionContext();
  for (const [stop, wanted] of [[NaN, 0], [0, 0], [2.5, 1]] as const) {
    context.requests.length = 0;
    context.values = Float64Array.of(1, 0, 0, 0, stop, 0);
    strategy.decide(context);
    assert.equal(context.requests.length, wanted);
  }
});

Deno.test("protections lie at a share, a distance or a price", () => {
  assert.equal(protectionPrice(percent(5), 200, -1), 190);
  assert.equal(protectionPrice(distance(7), 200, 1), 207);
  assert.equal(protectionPrice(atPrice(123), 200, 1), 123);
  for (const value of [0, -1, NaN, Infinity]) assert.throws(() => percent(value), /above 0/);
});

Deno.test("a strategy's hash changes with its rules and its parameters, and with nothing else", () => {
  const define = (series: Series, stop: number) =>
    defineStrategy({
      id: "own",
      params: { n: integer({ default: 1, min: 1, max: 9 }) },
      rules: () => ({ enter: series, stop: percent(stop) }),
    });
  const hash = define(close.gt(1), 5).bind().hash;
  assert.equal(define(close.gt(1), 5).bind().hash, hash);
  assert.notEqual(define(close.gt(2), 5).bind().hash, hash);
  assert.notEqual(define(close.gt(1), 6).bind().hash, hash);
  assert.notEqual(define(close.gt(1), 5).bind({ n: 2 }).hash, hash);
  class A extends BaseStrategy {
    readonly series = [close];
    decide(context: DecisionContext): void {
      if (context.close > 5) context.buy();
    }
  }
  class B extends BaseStrategy {
    readonly series = [close];
    decide(context: DecisionContext): void {
      if (context.close > 6) context.buy();
    }
  }
  const coded = (create: () => BaseStrategy) => defineStrategy({ id: "coded", params: {}, create }).bind().hash;
  assert.notEqual(coded(() => new A()), coded(() => new B()));
});

Deno.test("ids are lower case with dashes, and a strategy needs a way in", () => {
  assert.throws(
    () => defineStrategy({ id: "My Strategy", params: {}, rules: () => ({ enter: close }) }),
    /"My Strategy"/,
  );
  assert.throws(() => defineStrategy({ id: "exit-only", params: {}, rules: () => ({ exit: close }) }).bind(), /enter/);
});

Deno.test("every built-in strategy binds with its defaults and says what it believes", () => {
  for (
    const strategy of [smaCross, rsiReversion, macdTrend, bollingerBreakout, donchianBreakout, atrBreakout, buyAndHold]
  ) {
    const bound = strategy.bind();
    assert.match(bound.hash, /^[0-9a-f]{64}$/);
    assert.ok(strategy.summary.length > 20);
  }
});
