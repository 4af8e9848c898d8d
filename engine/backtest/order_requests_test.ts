// What a strategy may ask for, from the request to the trade table: small worked examples, one unit unless stated.
import assert from "node:assert/strict";
import type { RunSpecInput } from "./mod.ts";
import { defaultRules } from "../simulator/mod.ts";
import {
  atPrice,
  type DecisionContext,
  distance,
  type EntryOptions,
  ifTouched,
  limitAt,
  percent,
  stopAt,
  stopLimit,
  stopLimitAt,
  touchAt,
  trailingDistance,
} from "../strategies/mod.ts";
import { type Bar, HOUR_MS, runScript, type Script, told } from "../testing/scripted_run.ts";

/** Closes of the scripted candles: candle n closes at this many hours. */
const closeOf = (candle: number) => (candle + 2) * HOUR_MS;
const once = (options: EntryOptions, side: "buy" | "sell" = "buy"): Script => (context, candle) => {
  if (candle === 0) context[side](options);
};
const share = (volumeShare: number): Partial<RunSpecInput> => ({
  fillRules: { ...defaultRules, id: "with-volume", volumeShare },
});
const five = { kind: "units", units: 5 } as const;
const flat: Bar = [100, 100, 100, 100];

Deno.test("entries of every kind and term (20 cases)", async () => {
  const cases: [string, EntryOptions, "buy" | "sell", Bar[], string, Partial<RunSpecInput>?][] = [
    ["stop-limit: triggered, and filled no worse than its limit", { at: stopLimitAt(104, 105) }, "buy", [[
      100,
      106,
      99,
      103,
    ]], "long 104 open"],
    ["stop-limit: the market jumps over the limit and comes back", { at: stopLimitAt(104, 105) }, "buy", [[
      107,
      108,
      106,
      107,
    ], [107, 107, 104, 106]], "long 105 open"],
    ["stop-limit: the market jumps over the limit and stays", { at: stopLimitAt(104, 105) }, "buy", [[
      107,
      108,
      106,
      107,
    ], [107, 109, 106, 107]], ""],
    ["stop-limit: opens between trigger and limit, at the open", { at: stopLimitAt(104, 105) }, "buy", [[
      104.5,
      108,
      104,
      107,
    ]], "long 104.5 open"],
    ["stop-limit of a short", { at: stopLimitAt(96, 95) }, "sell", [[100, 101, 94, 96]], "short 96 open"],
    ["market if touched: below for a buy", { at: touchAt(97) }, "buy", [[100, 101, 97, 98]], "long 97 open"],
    ["market if touched: opens below, at the open", { at: touchAt(97) }, "buy", [[96, 97, 95, 96]], "long 96 open"],
    ["market if touched: above for a sale", { at: touchAt(103) }, "sell", [[100, 103, 99, 101]], "short 103 open"],
    [
      "IOC limit: the open is good enough",
      { at: limitAt(101), timeInForce: "IOC" },
      "buy",
      [[100.5, 102, 100, 101]],
      "long 100.5 open",
    ],
    ["IOC limit: it is not, and what happens later does not matter", { at: limitAt(99), timeInForce: "IOC" }, "buy", [[
      100,
      101,
      95,
      96,
    ], [96, 97, 90, 96]], ""],
    [
      "IOC market: the rest is dropped",
      { sizing: five, timeInForce: "IOC" },
      "buy",
      [[100, 101, 99, 100, 20], flat],
      "2 long 100 open",
      share(0.1),
    ],
    [
      "GTC market: the rest follows at the next opens",
      { sizing: five },
      "buy",
      [[100, 101, 99, 100, 20], [101, 102, 100, 101, 20], [102, 102, 102, 102, 20]],
      "2 long 100 open, 2 long 101 open, long 102 open",
      share(0.1),
    ],
    [
      "FOK market: too little volume, nothing",
      { sizing: five, timeInForce: "FOK" },
      "buy",
      [[100, 101, 99, 100, 20], flat],
      "",
      share(0.1),
    ],
    [
      "FOK market: volume enough, all of it",
      { sizing: five, timeInForce: "FOK" },
      "buy",
      [[100, 101, 99, 100, 50]],
      "5 long 100 open",
      share(0.1),
    ],
    ["good till date: the last candle before its end still counts", { at: limitAt(99), expires: closeOf(1) }, "buy", [[
      100,
      101,
      98,
      99,
    ]], "long 99 open"],
    [
      "good till date: afterwards nothing",
      { at: limitAt(99), expires: closeOf(1) },
      "buy",
      [flat, [100, 101, 98, 99]],
      "",
    ],
    [
      "post-only: rests and fills at its price, also where the market opens beyond",
      { at: limitAt(99), postOnly: true },
      "buy",
      [[98, 99.5, 97, 98]],
      "long 99 open",
    ],
    [
      "post-only: refused where it would trade at once",
      { at: limitAt(100), postOnly: true },
      "buy",
      [[98, 99, 97, 98]],
      "",
    ],
    [
      "iceberg: shows and trades a slice a candle where the market only touches",
      { at: limitAt(99), sizing: five, display: 2 },
      "buy",
      [[100, 101, 99, 100], [100, 101, 99, 100], [100, 101, 99, 100]],
      "2 long 99 open, 2 long 99 open, long 99 open",
      { fillRules: { ...defaultRules, id: "touch", limitFill: "touch" } },
    ],
    ["iceberg: all of it where the market trades through", { at: limitAt(99), sizing: five, display: 2 }, "buy", [[
      100,
      101,
      98,
      100,
    ]], "5 long 99 open"],
  ];
  for (const [name, options, side, bars, expected, part] of cases) {
    assert.equal(told(await runScript(once(options, side), bars, part)), expected, name);
  }
});

Deno.test("a day order ends at 00:00 UTC, and one of the last hour before it lives for that hour", async () => {
  // The decision of candle 0 falls at 02:00: candles 1 to 22 close by midnight.
  const quiet = Array.from({ length: 21 }, () => flat), dip: Bar = [100, 101, 98, 99];
  const day = once({ at: limitAt(99), expires: "day" });
  assert.equal(told(await runScript(day, [...quiet, dip])), "long 99 open");
  assert.equal(told(await runScript(day, [...quiet, flat, dip])), "");
});

Deno.test("DAY and GTD are orders that rest until a moment, and what is no time in force is refused", async () => {
  const day = once({ at: limitAt(95), timeInForce: "DAY" }), until = closeOf(0) + 2 * HOUR_MS;
  assert.equal(told(await runScript(day, [flat, [100, 100, 94, 96]])), "long 95 open");
  const dated = once({ at: limitAt(95), timeInForce: "GTD", expires: until });
  assert.equal(told(await runScript(dated, [flat, [100, 100, 94, 96]])), "long 95 open");
  assert.equal(told(await runScript(dated, [flat, flat, [100, 100, 94, 96]])), "");
  await assert.rejects(runScript(once({ at: limitAt(95), timeInForce: "GTD" }), [flat]), /needs its end/);
  const unknown = { at: limitAt(95), timeInForce: "gtc" } as unknown as EntryOptions;
  await assert.rejects(runScript(once(unknown), [flat]), /"gtc" is no time in force: use GTC, IOC, FOK, GTD or DAY/);
});

Deno.test("a protection that is no number yet opens no position, and moves none that is there", async () => {
  assert.equal(told(await runScript(once({ stop: distance(NaN) }), [flat, [100, 100, 50, 60]])), "");
  assert.equal(told(await runScript(once({ target: atPrice(NaN) }), [flat])), "");
  const moves: Script = (context, candle) => {
    if (candle === 0) context.buy({ stop: percent(10) });
    if (candle === 1) context.protect({ stop: trailingDistance(NaN) });
  };
  assert.equal(told(await runScript(moves, [flat, flat, [100, 100, 80, 85]])), "long 100 → 90 stop");
});

Deno.test("one entry of several is taken back by its leg", async () => {
  const ladder: Script = (context, candle) => {
    if (candle === 0) {
      context.buy({ at: limitAt(95), leg: 1 });
      context.buy({ at: limitAt(90), leg: 2 });
    }
    if (candle === 1) context.withdraw({ leg: 1 });
  };
  assert.equal(told(await runScript(ladder, [flat, [100, 100, 80, 85]])), "long 90 open");
});

Deno.test("terms that contradict each other are refused where they are written (7 cases)", async () => {
  const wrong: [EntryOptions, RegExp][] = [
    [{ postOnly: true }, /only a limit.*not a market order/],
    [{ postOnly: true, at: stopAt(101) }, /not a stop order/],
    [{ postOnly: true, at: limitAt(99), timeInForce: "IOC" }, /IOC: use limitAt with GTC/],
    [{ timeInForce: "FOK", at: stopAt(101) }, /a stop order waits for its trigger and cannot be FOK/],
    [{ display: 1 }, /market order cannot be an iceberg/],
    [{ at: limitAt(99), display: 0 }, /cannot show 0/],
    [{ at: limitAt(99), expires: NaN }, /cannot end at NaN/],
  ];
  for (const [options, message] of wrong) await assert.rejects(() => runScript(once(options), [flat]), message);
});

Deno.test("protections as stop-limit and take-profit orders (8 cases)", async () => {
  const narrow = { stop: stopLimit(atPrice(95), distance(1)), target: ifTouched(atPrice(110)) };
  const cases: [string, EntryOptions, "buy" | "sell", Bar[], string][] = [
    ["stop inside: at its trigger", narrow, "buy", [flat, [100, 101, 94.5, 96]], "long 100 → 95 stop"],
    ["opens between trigger and limit: at the open", narrow, "buy", [flat, [94.5, 95, 93, 94]], "long 100 → 94.5 stop"],
    ["falls through the limit at the open: it waits there", narrow, "buy", [flat, [92, 93, 90, 91]], "long 100 open"],
    [
      "and is filled when the market comes back",
      narrow,
      "buy",
      [flat, [92, 93, 90, 91], [91, 95, 91, 94]],
      "long 100 → 94 stop",
    ],
    ["target touched: filled at once", narrow, "buy", [flat, [100, 110, 99, 105]], "long 100 → 110 target"],
    ["target opened beyond: at the open", narrow, "buy", [flat, [112, 113, 111, 112]], "long 100 → 112 target"],
    ["both in one candle: the stop", narrow, "buy", [flat, [100, 111, 94.5, 100]], "long 100 → 95 stop, 1 ambiguous"],
    ["short: the limit lies above the trigger", { stop: stopLimit(percent(5), percent(1)) }, "sell", [flat, [
      107,
      108,
      106.5,
      107,
    ], [107, 107, 106, 106]], "short 100 → 106.05 stop"],
  ];
  for (const [name, options, side, bars, expected] of cases) {
    assert.equal(told(await runScript(once(options, side), bars)), expected, name);
  }
});

const steps = (...all: ((context: DecisionContext) => void)[]): Script => (context, candle) => all[candle]?.(context);
const nothing = () => {};

Deno.test("entries that wait are moved with their plan, and the one that fills is the one that was moved (6 cases)", async () => {
  const waits = (context: DecisionContext) =>
    context.buy({ at: limitAt(90), sizing: five, stop: atPrice(80), reason: "dip" });
  const dip: Bar = [100, 101, 97.5, 98];
  const cases: [string, Script, Bar[], string, Partial<RunSpecInput>?][] = [
    [
      "to a price that trades",
      steps(waits, (context) => context.amend({ at: limitAt(98) })),
      [flat, dip],
      "5 long 98 open",
    ],
    ["its stop comes along", steps(waits, (context) => context.amend({ at: limitAt(98) })), [flat, dip, [
      98,
      98,
      79,
      80,
    ]], "5 long 98 → 80 stop"],
    [
      "to another size",
      steps(waits, (context) => context.amend({ at: limitAt(98), sizing: { kind: "units", units: 2 } })),
      [flat, dip],
      "2 long 98 open",
    ],
    ["from a limit to a stop", steps(waits, (context) => context.amend({ at: stopAt(102) })), [flat, [
      100,
      103,
      99,
      103,
    ]], "5 long 102 open"],
    [
      "what has filled counts",
      steps(
        (context) => context.buy({ at: limitAt(99), sizing: five }),
        (context) => context.amend({ at: limitAt(98) }),
      ),
      [[100, 101, 98.5, 99, 20], [99, 99, 97, 98, 1_000]],
      "2 long 99 open, 3 long 98 open",
      share(0.1),
    ],
    ["withdrawn after all", steps(waits, (context) => (context.amend({ at: limitAt(98) }), context.withdraw())), [
      flat,
      dip,
    ], ""],
  ];
  for (const [name, script, bars, expected, part] of cases) {
    assert.equal(told(await runScript(script, bars, part)), expected, name);
  }
});

Deno.test("a ladder of entries of one decision: each has its number, and one is moved alone", async () => {
  const ladder = steps(
    (context) => {
      context.buy({ at: limitAt(98), leg: 0 });
      context.buy({ at: limitAt(96), leg: 1 });
      context.buy({ at: limitAt(94), leg: 1 }); // the same number twice: refused
    },
    (context) => context.amend({ at: limitAt(97), leg: 1 }),
  );
  const run = await runScript(ladder, [flat, [100, 101, 96.5, 97]]);
  assert.equal(told(run), "long 98 open, long 97 open");
  assert.equal(run.notes.funnel["refused:duplicate"], 1);
});

Deno.test("parts of a position are closed, and stop and target follow what is left (8 cases)", async () => {
  const bought = (...rest: ((context: DecisionContext) => void)[]) =>
    steps((context) => context.buy({ sizing: five, stop: atPrice(90), target: atPrice(120) }), ...rest);
  const cases: [string, Script, Bar[], string][] = [
    [
      "a share at the market",
      bought((context) => context.reduce({ fraction: 0.4 })),
      [flat, flat],
      "2 long 100 → 100 reduce, 3 long 100 open",
    ],
    [
      "units at the market",
      bought((context) => context.reduce({ units: 1, reason: "trim" })),
      [flat, flat],
      "long 100 → 100 trim, 4 long 100 open",
    ],
    [
      "more than there is: all",
      bought((context) => context.reduce({ units: 9 })),
      [flat, flat],
      "5 long 100 → 100 reduce",
    ],
    ["then the stop takes the rest", bought((context) => context.reduce({ fraction: 0.4 })), [flat, flat, [
      100,
      100,
      89,
      90,
    ]], "2 long 100 → 100 reduce, 3 long 100 → 90 stop"],
    ["a share at a limit", bought((context) => context.reduce({ fraction: 0.4, at: limitAt(105) })), [flat, [
      100,
      106,
      99,
      105,
    ], [105, 121, 104, 120]], "2 long 100 → 105 reduce, 3 long 100 → 120 target"],
    [
      "two of them",
      bought((context) => {
        context.reduce({ units: 2, at: limitAt(105), reason: "first" });
        context.reduce({ units: 2, at: limitAt(107), reason: "second" });
      }),
      [flat, [100, 106, 99, 105], [105, 108, 104, 105]],
      "2 long 100 → 105 first, 2 long 100 → 107 second, long 100 open",
    ],
    ["the stop first: what waited is gone", bought((context) => context.reduce({ units: 2, at: limitAt(105) })), [
      flat,
      [100, 100, 89, 90],
      [90, 110, 90, 100],
    ], "5 long 100 → 90 stop"],
    [
      "a reduction that must trade at once and cannot is dropped",
      bought((context) => context.reduce({ units: 2, at: limitAt(105), timeInForce: "IOC" })),
      [flat, [100, 106, 99, 105], [105, 106, 104, 105]],
      "5 long 100 open",
    ],
  ];
  for (const [name, script, bars, expected] of cases) assert.equal(told(await runScript(script, bars)), expected, name);
});

Deno.test("several targets each close their share of what was entered, and the last takes what is left (3 cases)", async () => {
  const targets = [
    { at: percent(2), fraction: 0.5, reason: "first" },
    { at: percent(4), fraction: 0.3 },
    { at: percent(6), fraction: 0.2 },
  ];
  const seven = { sizing: { kind: "units", units: 7 } as const, stop: percent(5), targets };
  const market = { exchange: "test", symbol: "BTC/USDT", kind: "linear", lot: "1" } as const;
  const cases: [string, Bar[], string][] = [
    [
      "one after the other",
      [flat, [100, 103, 99, 102], [102, 107, 102, 106]],
      "3 long 100 → 102 first, 2 long 100 → 104 target, 2 long 100 → 106 target",
    ],
    [
      "all in one candle",
      [flat, [100, 107, 99, 102]],
      "3 long 100 → 102 first, 2 long 100 → 104 target, 2 long 100 → 106 target",
    ],
    [
      "the stop takes the rest",
      [flat, [100, 103, 99, 102], [102, 102, 94, 95]],
      "3 long 100 → 102 first, 4 long 100 → 95 stop",
    ],
  ];
  for (const [name, bars, expected] of cases) {
    assert.equal(told(await runScript(once(seven), bars, { markets: [market] })), expected, name);
  }
  await assert.rejects(
    () => runScript(once({ targets: [{ at: percent(1), fraction: 1.5 }] }), [flat]),
    /take 1.5 of a/,
  );
});

Deno.test("an entry that adds keeps the stop and target that it does not name; both follow the average price", async () => {
  const first = (context: DecisionContext) => context.buy({ stop: percent(10), target: percent(20) });
  const dip: Bar = [80.5, 100, 80, 90];
  assert.equal(
    told(await runScript(steps(first, (context) => context.buy({})), [flat, [95, 95, 95, 95], [95, 96, 87.7, 88]])),
    "long 100 → 87.75 stop, long 95 → 87.75 stop", // 97.5 less 10 %
  );
  assert.equal(
    told(await runScript(steps(first, (context) => context.buy({ stop: atPrice(80) })), [flat, [95, 95, 95, 95], dip])),
    "long 100 → 80 stop, long 95 → 80 stop",
  );
  const takes: Bar = [110, 118, 109, 117];
  assert.equal(
    told(await runScript(steps(first, (context) => context.buy({})), [flat, [95, 95, 95, 95], takes])),
    "long 100 → 117 target, long 95 → 117 target",
  );
});

Deno.test("a position is brought to a size (9 cases)", async () => {
  const units = (n: number) => (context: DecisionContext) => context.targetUnits(n);
  const fraction = (f: number, bandFraction = 0) => (context: DecisionContext) =>
    context.targetFraction(f, { bandFraction });
  const cases: [string, Script, Bar[], string][] = [
    ["from nothing", steps(units(3)), [flat], "3 long 100 open"],
    ["more", steps(units(3), units(5)), [flat, flat], "3 long 100 open, 2 long 100 open"],
    ["less", steps(units(3), units(1)), [flat, flat], "2 long 100 → 100 rebalance, long 100 open"],
    ["none", steps(units(3), units(0)), [flat, flat], "3 long 100 → 100 rebalance"],
    ["the other side", steps(units(3), units(-2)), [flat, flat], "3 long 100 → 100 rebalance, 2 short 100 open"],
    ["asked for again: nothing to do", steps(units(3), units(3)), [flat, flat], "3 long 100 open"],
    ["a share of the equity: 30 of 10,000 at 100", steps(fraction(0.3)), [flat], "30 long 100 open"],
    // At 110 the 30 are worth 3,300 of 10,300; 30 % would be 28.09 of them.
    ["it has grown: within a band of 5 % of the equity nothing is done", steps(fraction(0.3), fraction(0.3, 0.05)), [[
      100,
      110,
      100,
      110,
    ], flat], "30 long 100 open"],
    [
      "without a band it is",
      steps(fraction(0.3), fraction(0.3)),
      [[100, 110, 100, 110], [110, 110, 110, 110]],
      "1.90909091 long 100 → 110 rebalance, 28.09090909 long 100 open",
    ],
  ];
  for (const [name, script, bars, expected] of cases) assert.equal(told(await runScript(script, bars)), expected, name);
});

Deno.test("a reversal closes and enters the other side at the same open", async () => {
  const script = steps((context) => context.buy({ sizing: five }), (context) => context.reverse({ stop: percent(5) }));
  assert.equal(
    told(await runScript(script, [flat, flat, [100, 106, 99, 105]])),
    "5 long 100 → 100 reverse, short 100 → 105 stop",
  );
  assert.equal(told(await runScript(steps((context) => context.reverse()), [flat, flat])), "");
});

Deno.test("one cancels the other: with part fills stop and targets never close more than there is", async () => {
  const script = steps((context) => context.buy({ sizing: five, stop: atPrice(95), target: atPrice(105) }), nothing);
  // 2 of 5 at the target, then the stop takes the rest as far as volumes go: 2 at the trigger, 1 at the next open.
  const bars: Bar[] = [
    [100, 100, 100, 100, 1_000],
    [100, 106, 99, 100, 20],
    [100, 101, 94, 96, 20],
    [97, 110, 96, 109, 20],
    [109, 120, 108, 118, 20],
  ];
  assert.equal(
    told(await runScript(script, bars, share(0.1))),
    "2 long 100 → 105 target, 2 long 100 → 95 stop, long 100 → 97 stop",
  );
});

Deno.test("a strategy may put another memory in the place of the one that it has", async () => {
  const counting: Script = (context, candle) => {
    context.memory = { count: ((context.memory.count as number | undefined) ?? 0) + 1 };
    if (candle === 2) context.buy({ reason: `after ${context.memory.count}` });
  };
  const { notes } = await runScript(counting, [flat, flat, flat]);
  assert.deepEqual(notes.openTrades.map(({ entryReason }) => entryReason), ["after 3"]);
});
