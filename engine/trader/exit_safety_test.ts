import assert from "node:assert/strict";
import { held, HELD_CONFIG, HELD_MARKET, watching } from "../testing/held_position.ts";
import { instrument } from "../market/mod.ts";
import { quantity, ZERO_QUANTITY } from "../money/mod.ts";
import { type ClientOrderId, MemoryJournal } from "../orders/mod.ts";
import type { RiskRule } from "../risk/mod.ts";
import { percent, type Request } from "../strategies/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { type Command, hasExitsToRetry, hasOverdue, step } from "./mod.ts";

const ENTER: Request = {
  ...{ kind: "enter", side: "buy", at: null, sizing: { kind: "units", units: 5 }, stop: percent(5), target: null },
  reason: "enter",
};

const endOf = (clientOrderId: ClientOrderId) =>
  ({ clientOrderId, state: "cancelled", filled: ZERO_QUANTITY, reason: "" }) as const;

/** Tells again and again, for so many minutes, that the venue does not know an order that was sent. */
function lost(slot: "stop" | "close", { trader, feed }: ReturnType<typeof held>, minutes: number, from: number): void {
  for (let second = 2; second < minutes * 60; second += 2) {
    const timeMs = from + second * 1_000 as TimestampMs;
    if (hasOverdue(trader, timeMs)) feed({ kind: "timer", timeMs });
    for (const { intent } of [...trader.state.orders]) {
      if (intent.slot === slot) feed({ kind: "missing", clientOrderId: intent.clientOrderId, timeMs });
    }
    if (hasExitsToRetry(trader, timeMs)) feed({ kind: "retry", timeMs });
  }
}

Deno.test("where absence cannot be proven another stop goes out in place of one that was lost, and not without end", () => {
  const own = held({ ...HELD_CONFIG, timing: { ...HELD_CONFIG.timing, requestExpiryMs: 0 } });
  const first = own.sent("stop")!.clientOrderId;
  lost("stop", own, 2, own.now());
  const second = own.sent("stop")!;
  assert.notEqual(second.clientOrderId, first);
  lost("stop", own, 60, own.now() + 120_000);
  const stops = own.commands.filter((one) => one.kind === "submit" && one.order.slot === "stop");
  assert.equal(stops.length, 3);
  // Found after all, it is taken back: the position has one of its own by then.
  const at = { price: null, limitPrice: null, fills: [], timeMs: own.now() };
  own.feed({ kind: "found", clientOrderId: first, state: "open", ...at });
  assert.deepEqual(own.commands.at(-1), { kind: "cancel", clientOrderId: first });
});

Deno.test("a close of which nobody knows makes no room for other positions, and another one goes out", () => {
  const own = held({ ...HELD_CONFIG, timing: { ...HELD_CONFIG.timing, requestExpiryMs: 0 } });
  own.ask({ kind: "close", reason: "enough" });
  own.feed({ kind: "ended", ...endOf(own.sent("stop")!.clientOrderId), timeMs: own.now() });
  const first = own.sent("close")!.clientOrderId;
  lost("close", own, 2, own.now());
  assert.notEqual(own.sent("close")!.clientOrderId, first);
});

Deno.test("a key that the venue no longer takes halts the account with one alarm, and exits are tried ever more rarely", () => {
  const own = held(), { trader, feed, sent, commands, ask } = own, from = own.now();
  let tries = 0;
  for (let second = 0; second < 3_600; second += 10) {
    const timeMs = from + second * 1_000 as TimestampMs;
    if (hasExitsToRetry(trader, timeMs)) feed({ kind: "retry", timeMs });
    const stop = trader.state.orders.find(({ intent, state }) => intent.slot === "stop" && state === "sending");
    if (stop === undefined) continue;
    tries++;
    const { clientOrderId } = stop.intent;
    feed({ kind: "refused", clientOrderId, code: "authentication", reason: "-2015", timeMs });
  }
  const alarms = commands.filter((one) => one.kind === "alarm" && one.code === "key-denied");
  assert.deepEqual([tries, alarms.length], [15, 1]);
  assert.match(trader.state.halted!, /deno task keys test/);
  // Once the key is mended it is not waited for as long as before.
  const mendedMs = from + 3_600_000 as TimestampMs;
  feed({ kind: "resume", timeMs: mendedMs });
  assert.equal(hasExitsToRetry(trader, mendedMs + 10_000 as TimestampMs), true);
  feed({ kind: "halt", reason: "again", flatten: false, timeMs: mendedMs });
  const entry = sent("entry");
  ask(ENTER);
  assert.equal(sent("entry"), entry);
});

Deno.test("an entry whose stop would be worth less than an order is refused, and an exit that is worth too little waits", () => {
  const market = instrument({
    ...{ exchange: "test", symbol: "BTC/USDT", kind: "spot", tick: "0.01", lot: "0.001", minNotional: "480" },
  });
  const own = watching({ ...HELD_CONFIG, instruments: [market] }), { trader, commands, ask, candle, sent } = own;
  ask(ENTER); // 500 at the market, 475 at its stop
  const refused = commands.findLast((one) => one.kind === "refused");
  assert.deepEqual([sent("entry"), refused?.refusal.code], [null, "below-min-notional"]);
  ask({ ...ENTER, stop: null });
  own.fill(sent("entry")!, "5", "100");
  candle(90);
  for (let i = 0; i < 3; i++) ask({ kind: "close", reason: "enough" });
  const alarms = () => commands.filter((one) => one.kind === "alarm" && one.code === "exit-refused").length;
  assert.deepEqual([sent("close"), trader.state.books[0]!.closing, alarms()], [null, "enough", 1]);
  candle(101);
  assert.equal(sent("close")!.quantity, quantity("5"));
});

Deno.test("an order that is to rest until a moment is taken back at that moment", () => {
  const own = held(), { ask, feed, sent, accept, commands } = own, from = own.now();
  feed({ kind: "ended", ...endOf(own.sent("stop")!.clientOrderId), timeMs: from });
  ask({ ...ENTER, at: { kind: "limit", price: 90 }, terms: { expires: from + 60_000 } });
  const entry = sent("entry")!;
  accept(entry.clientOrderId, entry.quantity);
  const timer = (ms: number) => feed({ kind: "timer", timeMs: from + ms as TimestampMs });
  const cancels = () => commands.filter((one) => one.kind === "cancel" && one.clientOrderId === entry.clientOrderId);
  timer(59_900);
  assert.equal(cancels().length, 0);
  assert.equal(hasOverdue(own.trader, from + 60_000 as TimestampMs), true);
  timer(60_000);
  assert.equal(cancels().length, 1);
});

Deno.test("a stop that would be worth too little where it is wanted leaves the old one, which is replaced when it goes", () => {
  const market = instrument({
    ...{ exchange: "test", symbol: "BTC/USDT", kind: "spot", tick: "0.01", lot: "0.001", minNotional: "470" },
  });
  const own = held({ ...HELD_CONFIG, instruments: [market] }), { ask, candle, sent, accept, feed, trader, now } = own;
  const stop = sent("stop")!;
  accept(stop.clientOrderId, stop.quantity);
  candle(100);
  ask({ kind: "protect", stop: percent(7) }); // 465
  const rests = trader.state.orders.find(({ intent }) => intent.slot === "stop")!;
  assert.deepEqual([rests.intent.clientOrderId, rests.cancelSent], [stop.clientOrderId, false]);
  feed({ kind: "ended", ...endOf(stop.clientOrderId), timeMs: now() });
  assert.equal(hasExitsToRetry(trader, now() + 10_000 as TimestampMs), true);
});

Deno.test("a person who has looked has lost exits tried again, and one denied key is no reason to wait once it is mended", () => {
  const own = held({ ...HELD_CONFIG, timing: { ...HELD_CONFIG.timing, requestExpiryMs: 0 } });
  lost("stop", own, 60, own.now());
  const before = own.sent("stop")!.clientOrderId, timeMs = own.now() + 3_600_000 as TimestampMs;
  own.feed({ kind: "resume", timeMs });
  own.feed({ kind: "retry", timeMs });
  assert.notEqual(own.sent("stop")!.clientOrderId, before);
  own.feed({ kind: "halt", reason: "kill", flatten: true, timeMs });
  assert.equal(own.sent("close")!.quantity, quantity("5"));
});

Deno.test("a part that was lost on its way leaves a stop for the position", () => {
  const own = held({ ...HELD_CONFIG, timing: { ...HELD_CONFIG.timing, requestExpiryMs: 0 } });
  const stop = own.sent("stop")!;
  own.accept(stop.clientOrderId, stop.quantity);
  own.ask({ kind: "reduce", size: { kind: "fraction", fraction: 0.5 }, at: null, reason: "half" });
  own.feed({ kind: "ended", ...endOf(stop.clientOrderId), timeMs: own.now() });
  for (let second = 2; second < 120; second += 2) {
    const timeMs = own.now() + second * 1_000 as TimestampMs;
    if (hasOverdue(own.trader, timeMs)) own.feed({ kind: "timer", timeMs });
    if (hasExitsToRetry(own.trader, timeMs)) own.feed({ kind: "retry", timeMs });
  }
  assert.notEqual(own.sent("stop")!.clientOrderId, stop.clientOrderId);
});

Deno.test("a little more of what is held is bought, though it alone could not have a stop", () => {
  const market = instrument({
    ...{ exchange: "test", symbol: "BTC/USDT", kind: "spot", tick: "0.01", lot: "0.001", minNotional: "10" },
  });
  const own = held({ ...HELD_CONFIG, instruments: [market] }), first = own.sent("entry")!.clientOrderId;
  own.candle(100);
  own.ask({ ...ENTER, sizing: { kind: "units", units: 0.102 } });
  assert.notEqual(own.sent("entry")!.clientOrderId, first);
});

Deno.test("the last entry of a day is not refused for itself, where an exit ends before it is recorded", () => {
  const other = instrument({ exchange: "test", symbol: "ETH/USDT", kind: "spot", tick: "0.01", lot: "0.001" });
  const strategy = HELD_CONFIG.books[0]!.strategy;
  const twoADay: RiskRule = ({ slot }, { history: { entriesToday } }) =>
    slot === "entry" && entriesToday >= 2 ? { code: "daily-entries", reason: `${entriesToday} entries` } : null;
  const { trader, sent, accept, feed, commands, now } = held({
    ...HELD_CONFIG,
    rules: [...HELD_CONFIG.rules, twoADay],
    instruments: [HELD_MARKET, other],
    books: [{ strategy, instrument: 0 }, { strategy, instrument: 1 }],
  });
  const stop = sent("stop")!, asked: Command[] = [];
  accept(stop.clientOrderId, stop.quantity);
  trader.state.marks[1] = 100;
  // One turn of a session: the second entry, then the end of a stop; what is durable by then is told afterwards.
  step(trader, { kind: "decision", book: 1, requests: [ENTER], timeMs: now() }, asked);
  feed({ kind: "ended", ...endOf(stop.clientOrderId), timeMs: now() });
  const journal = new MemoryJournal();
  for (const own of asked) {
    if (own.kind === "record") feed({ kind: "recorded", order: journal.record(own.order), timeMs: now() });
  }
  assert.deepEqual(commands.flatMap((own) => own.kind === "refused" ? [own.refusal] : []), []);
  assert.equal(sent("entry")!.book, 1);
});
