// What rules may say of entries, from the signal to the trade table: small worked examples of one unit.
import assert from "node:assert/strict";
import { defaultRules } from "../simulator/mod.ts";
import { close, high, highest, low, lowest, shift } from "../series/mod.ts";
import {
  defineStrategy,
  limitAt,
  percent,
  stopAt,
  stopLimitAt,
  type StrategyRules,
  touchAt,
  trailingAtr,
  trailingPercent,
} from "../strategies/mod.ts";
import type { RunSpecInput } from "./mod.ts";
import { type Bar, runRules, told } from "../testing/scripted_run.ts";

const flat: Bar = [100, 100, 100, 100];
/** Fires on flat candles at 100 only. */
const enter = close.eq(100);
const share = (volumeShare: number): Partial<RunSpecInput> => ({
  fillRules: { ...defaultRules, id: "with-volume", volumeShare },
});

Deno.test("rules state kinds and terms of entries as a strategy in code does (12 cases)", async () => {
  const cases: [string, StrategyRules, Bar[], string, Partial<RunSpecInput>?][] = [
    ["stop-limit", { enter, at: stopLimitAt(close.mul(1.04), close.mul(1.05)) }, [[107, 108, 106, 107], [
      107,
      107,
      104,
      106,
    ]], "long 105 open"],
    ["if touched", { enter, at: touchAt(close.mul(0.97)) }, [[100, 101, 97, 98]], "long 97 open"],
    ["trailing", { enter, at: trailingPercent(5) }, [[100, 100, 90, 92], [92, 95, 92, 95]], "long 94.5 open"],
    [
      "short and trailing",
      { enterShort: enter, at: trailingPercent(5) },
      [[100, 110, 100, 109], [109, 109, 104, 105]],
      "short 104.5 open",
    ],
    ["immediate or cancel", { enter, at: limitAt(close.mul(0.99)), timeInForce: "IOC" }, [[100, 101, 95, 97], [
      97,
      98,
      95,
      97,
    ]], ""],
    [
      "fill or kill at the market",
      { enter: close.eq(101), timeInForce: "FOK" },
      [[100, 101, 99, 101], [101, 101, 99, 102, 5]],
      "",
      share(0.1),
    ],
    ["until the end of the day", { enter: close.eq(101), at: limitAt(close.mul(0.99)), timeInForce: "DAY" }, [
      [100, 101, 100, 101],
      ...Array.from({ length: 22 }, (): Bar => [102, 102, 102, 102]),
      [102, 102, 90, 95],
    ], ""],
    ["post-only at the close is refused", { enter, at: limitAt(close), postOnly: true }, [[99, 101, 98, 101]], ""],
    [
      "post-only below it rests",
      { enter, at: limitAt(close.mul(0.99)), postOnly: true },
      [[98, 99.5, 97, 98]],
      "long 99 open",
    ],
    [
      "an iceberg shows a part",
      { enter, at: limitAt(close.mul(0.99)), display: 0.5 },
      [[100, 101, 99, 101], [101, 101, 99, 101]],
      "0.5 long 99 open, 0.5 long 99 open",
      {
        fillRules: { ...defaultRules, id: "touch", limitFill: "touch" },
      },
    ],
    ["targets of parts", {
      enter,
      targets: [{ at: percent(2), fraction: 0.5 }, { at: close.mul(0.05), fraction: 0.5, reason: "far" }],
    }, [
      [100, 103, 100, 103],
      [103, 106, 103, 105],
    ], "0.5 long 100 → 102 target, 0.5 long 100 → 105 far"],
    [
      "what has filled in part is taken back in time, too",
      { enter, at: limitAt(close.mul(0.99), { validFor: 1 }) },
      [
        [100, 101, 98, 101, 5],
        [101, 101, 98, 101, 5],
      ],
      "0.5 long 99 open",
      share(0.1),
    ],
  ];
  for (const [name, rules, bars, expected, part] of cases) {
    assert.equal(told(await runRules(rules, bars, part)), expected, name);
  }
});

Deno.test("a ladder is one entry in several places, with one stop and one target", async () => {
  const rungs = [{ at: limitAt(close.mul(0.98)), fraction: 0.5 }, { at: limitAt(close.mul(0.94)), fraction: 0.25 }];
  const rules: StrategyRules = { enter, ladder: rungs, stop: percent(10), target: percent(5) };
  assert.equal(told(await runRules(rules, [[100, 101, 97, 98]])), "0.5 long 98 open");
  // Filled at 98 and 94: the average is 96.66…, less 10 % is 87.
  const all: Bar[] = [[100, 101, 97, 98], [98, 98, 93, 94], [94, 94, 86, 88]];
  assert.equal(told(await runRules(rules, all)), "0.5 long 98 → 87 stop, 0.25 long 94 → 87 stop");
  // The target of the first rung is met: the second is not to open another position.
  const gone: Bar[] = [[100, 101, 97, 98], [98, 103, 98, 102], [102, 102, 90, 91]];
  assert.equal(told(await runRules(rules, gone)), "0.5 long 98 → 102.9 target");
  // The same where the stop closes it in the candle of its entry; a new signal begins a new ladder.
  const tight = { ...rules, stop: percent(1) };
  const stopped: Bar[] = [[100, 101, 96.9, 97], [97, 98, 97, 97.5], [97.5, 97.5, 90, 91]];
  assert.equal(told(await runRules(tight, stopped)), "0.5 long 98 → 97.02 stop");
  const signals: Bar[] = [[100, 101, 97, 100], [100, 100, 97.5, 98], [98, 98, 98, 98]];
  assert.equal(told(await runRules(tight, signals)), "0.5 long 98 → 97.02 stop, 0.5 long 98 open, 1 ambiguous");
  const brief = { ...rules, ladder: rungs.map(({ at, ...own }) => ({ ...own, at: { ...at, validFor: 1 } })) };
  assert.equal(told(await runRules(brief, [[100, 101, 97, 98], [98, 98, 93, 94]])), "0.5 long 98 open");
});

Deno.test("an exit signal closes what a ladder has opened and takes the rest back", async () => {
  const ladder = [{ at: limitAt(close.mul(0.98)), fraction: 0.5 }, { at: limitAt(close.mul(0.94)), fraction: 0.5 }];
  const bars: Bar[] = [[100, 101, 97, 97.5], [97.5, 98, 97, 98], [98, 98, 90, 92]];
  assert.equal(told(await runRules({ enter, exit: close.eq(97.5), ladder }, bars)), "0.5 long 98 → 97.5 exit");
});

Deno.test("rules enter a breakout to both sides, and hold one of them", async () => {
  const rules: StrategyRules = {
    enter,
    oco: [{ side: "buy", at: stopAt(shift(highest(high, 2), 0).mul(1.05)) }, {
      side: "sell",
      at: stopAt(lowest(low, 2).mul(0.95)),
    }],
    stop: percent(6),
    target: percent(4),
  };
  assert.equal(
    told(await runRules(rules, [flat, [100, 106, 104, 105.5], [105.5, 110, 104, 109]])),
    "long 105 → 109.2 target",
  );
  assert.equal(
    told(await runRules(rules, [[100, 100, 94, 94.5], [94, 101, 94, 96], flat, flat])),
    "short 95 → 100.7 stop",
  );
  const trailed: StrategyRules = {
    enter,
    oco: [{ side: "buy", at: trailingAtr(2, 1) }, { side: "sell", at: trailingAtr(3, 1) }],
  };
  const ranged: Bar[] = [[100, 102, 98, 100], [100, 108.5, 100, 108]];
  assert.equal(told(await runRules(trailed, ranged)), "long 108 open");
});

Deno.test("in code that rules call, the size, stop and target are those of each entry's own price", async () => {
  const rules: StrategyRules = {
    enter,
    ladder: [{ at: limitAt(close.mul(0.9)), fraction: 0.5 }, { at: limitAt(close.mul(0.8)), fraction: 0.5 }],
    size: ({ entryPrice }) => ({ kind: "units", units: entryPrice }),
  };
  assert.equal(told(await runRules(rules, [[100, 100, 79, 80]])), "45 long 90 open, 40 long 80 open");
});

Deno.test("rules that contradict each other are refused where they are written (8 cases)", () => {
  const at = limitAt(close), other = stopAt(close), buy = { side: "buy", at } as const;
  const wrong: [StrategyRules, RegExp][] = [
    [{ enter, at, ladder: [{ at, fraction: 0.5 }, { at, fraction: 0.5 }] }, /by one of at, ladder and oco/],
    [{ enter, ladder: [{ at, fraction: 1 }] }, /a ladder of 1 entries/],
    [{ enter, ladder: [{ at, fraction: 0.7 }, { at, fraction: 0.7 }] }, /takes 1.4 of its size/],
    [{ enter, oco: [buy] }, /one entry alone cancels no other/],
    [{ enter, enterShort: enter, oco: [buy, buy] }, /state the signal as enter/],
    [{ enter, oco: [buy, buy], timeInForce: "FOK" }, /cannot be FOK/],
    [{ enter, at: other, postOnly: true }, /not a stop order/],
    [
      { enter, ladder: [{ at, fraction: 0.5 }, { at: limitAt(close, { validFor: 2 }), fraction: 0.5 }] },
      /the same validFor/,
    ],
  ];
  for (const [rules, message] of wrong) {
    assert.throws(() => defineStrategy({ id: "wrong", params: {}, rules: () => rules }).bind(), message);
  }
});

Deno.test("what rules say of entries is part of their identity, and what they do not say is none", () => {
  const hash = (rules: StrategyRules) => defineStrategy({ id: "own", params: {}, rules: () => rules }).bind().hash;
  const at = limitAt(close.mul(0.9)), ladder = [{ at, fraction: 0.5 }, { at: limitAt(close.mul(0.8)), fraction: 0.5 }];
  const all = [
    { enter },
    { enter, at },
    { enter, at, postOnly: true },
    { enter, at, display: 1 },
    { enter, at, display: 2 },
    { enter, at, timeInForce: "DAY" as const },
    { enter, at: trailingPercent(1) },
    { enter, at: trailingPercent(2) },
    { enter, ladder },
    { enter, ladder: [{ at, fraction: 0.4 }, ladder[1]!] },
    { enter, oco: [{ side: "buy" as const, at }, { side: "buy" as const, at: stopAt(close) }] },
    { enter, oco: [{ side: "sell" as const, at }, { side: "buy" as const, at: stopAt(close) }] },
    { enter, targets: [{ at: percent(1), fraction: 0.5 }] },
    { enter, targets: [{ at: percent(1), fraction: 0.5, reason: "first" }] },
  ].map(hash);
  assert.equal(new Set(all).size, all.length);
});

Deno.test("in hedge mode a signal makes one group of both sides, and the book that is flat makes its own anew", async () => {
  const hedged: Partial<RunSpecInput> = {
    account: { marginMode: "isolated", positionMode: "hedge" },
    markets: [{
      exchange: "test",
      symbol: "BTC/USDT",
      kind: "linear",
      marginTiers: [{ fromNotional: 0, maintenanceRate: 0.005 }],
    }],
  };
  const oco = [{ side: "buy", at: stopAt(close.mul(1.05)) }, { side: "sell", at: stopAt(close.mul(0.95)) }] as const;
  const away: Bar = [105, 106, 90, 92];
  assert.equal(told(await runRules({ enter, oco }, [[100, 106, 99, 105], away], hedged)), "long 105 open");
  // The signal comes again while the long side holds: the short side waits alone.
  const again: Bar[] = [[100, 106, 99, 105], [105, 105, 100, 100], [100, 100, 90, 92]];
  assert.equal(told(await runRules({ enter, oco }, again, hedged)), "long 105 open, short 95 open");
});
