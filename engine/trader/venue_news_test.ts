import assert from "node:assert/strict";
import { notional, price, type Quantity, quantity } from "../money/mod.ts";
import type { OrderIntent } from "../orders/mod.ts";
import { BaseStrategy, type DecisionContext, defineStrategy, percent, type Request } from "../strategies/mod.ts";
import { held, HELD_CONFIG, HELD_MARKET } from "../testing/held_position.ts";
import { MINUTE_MS, type TimestampMs } from "../time/mod.ts";
import { closableOf } from "./closable.ts";
import type { Command } from "./command.ts";
import { candleGroup } from "./event.ts";
import { step } from "./step.ts";
import { createTrader, restoreTrader, saveTrader, type Trader } from "./trader.ts";

Deno.test("a stop that the market has passed already is carried out at the market", () => {
  const { trader, feed, sent, now, fill } = held(), stop = sent("stop")!;
  assert.equal(stop.price, price("95"));
  feed({
    kind: "refused",
    clientOrderId: stop.clientOrderId,
    code: "triggers-at-once",
    reason: "-2010",
    timeMs: now(),
  });
  const close = sent("close")!;
  assert.deepEqual([close.kind, close.side, close.quantity], ["market", "sell", quantity("5")]);
  fill(close, "5", "94");
  assert.equal(trader.state.books[0]!.position, 0n);
});

Deno.test("a stop that is turned down for another reason is tried again on the next candle", () => {
  const { feed, sent, now, candle } = held(), stop = sent("stop")!;
  feed({ kind: "refused", clientOrderId: stop.clientOrderId, code: "limited", reason: "429", timeMs: now() });
  assert.equal(sent("close"), null);
  candle(101);
  assert.notEqual(sent("stop")!.clientOrderId, stop.clientOrderId);
});

Deno.test("where more is sold than there was, it is bought back, and the book stops", () => {
  const { trader, commands, ask, accept, sent, fill, candle, feed, now } = held(), stop = sent("stop")!;
  accept(stop.clientOrderId, stop.quantity);
  ask({ kind: "close", reason: "exit" });
  // The stop fills while it is being taken back, and so does what was to close.
  fill(stop, "5", "95");
  feed({
    kind: "ended",
    clientOrderId: stop.clientOrderId,
    state: "cancelled",
    filled: stop.quantity,
    reason: "",
    timeMs: now(),
  });
  fill(stop, "2", "95");
  assert.equal(trader.state.books[0]!.position, -quantity("2"));
  // What was to close has to be gone before anything is bought.
  feed({
    kind: "ended",
    clientOrderId: sent("close")!.clientOrderId,
    state: "cancelled",
    filled: 0n as Quantity,
    reason: "",
    timeMs: now(),
  });
  candle(95);
  const back = sent("close")!;
  assert.deepEqual([back.side, back.quantity], ["buy", quantity("2")]);
  assert.ok(commands.some((own) => own.kind === "alarm" && own.code === "flipped"));
  fill(back, "2", "95");
  candle(95);
  assert.equal(trader.state.books[0]!.position, 0n);
  assert.notEqual(trader.state.books[0]!.halted, null);
});

Deno.test("where the venue takes back the purchase of what was sold since, it is bought back", () => {
  const { bought, trader, commands, ask, accept, sent, fill, candle, feed, now } = held(), stop = sent("stop")!;
  accept(stop.clientOrderId, stop.quantity);
  ask({ kind: "close", reason: "exit" });
  feed({
    kind: "ended",
    clientOrderId: stop.clientOrderId,
    state: "cancelled",
    filled: 0n as Quantity,
    reason: "",
    timeMs: now(),
  });
  fill(sent("close")!, "5", "101");
  assert.equal(trader.state.books[0]!.position, 0n);
  feed({ kind: "busted", fill: bought, timeMs: now() });
  assert.equal(trader.state.books[0]!.position, -quantity("5"));
  candle(101);
  const back = sent("close")!;
  assert.deepEqual([back.side, back.quantity], ["buy", quantity("5")]);
  assert.ok(commands.some((own) => own.kind === "alarm" && own.code === "flipped"));
});

Deno.test("a successor takes back anew what was to be taken back, before anything takes its place", () => {
  const { commands, ask, accept, sent, feed, now } = held(), stop = sent("stop")!;
  accept(stop.clientOrderId, stop.quantity);
  ask({ kind: "close", reason: "exit" });
  commands.length = 0;
  feed({ kind: "recovered", timeMs: now() });
  assert.deepEqual(commands[0], { kind: "cancel", clientOrderId: stop.clientOrderId });
});

Deno.test("what is at the venue is asked for though nothing says that it was sent; all else of that kind never was", () => {
  for (const isThere of [true, false]) {
    const { trader, commands, feed, now } = held(), stop = trader.state.orders[0]!;
    stop.state = "approved";
    commands.length = 0;
    const { clientOrderId } = stop.intent;
    feed({ kind: "recovered", ...(isThere ? { sent: [clientOrderId] } : {}), timeMs: now() });
    assert.equal(stop.state, isThere ? "unknown" : "refused");
    const isAsked = commands.some((own) => own.kind === "query" && own.clientOrderId === clientOrderId);
    assert.equal(isAsked, isThere);
  }
});

Deno.test("an order that is not there is proven to be absent by two questions, the second as soon as it counts", () => {
  const { trader, commands, feed, sent } = held(), { clientOrderId } = sent("stop")!, own = { clientOrderId };
  const at = (timeMs: number) => ({ timeMs: timeMs as TimestampMs });
  const record = trader.state.orders.find(({ intent }) => intent.clientOrderId === clientOrderId)!;
  feed({ kind: "unknown", ...own, ...at(MINUTE_MS + 100_000) });
  let asked = commands.length;
  feed({ kind: "missing", ...own, ...at(MINUTE_MS + 100_150) });
  const timer = (timeMs: number) => {
    asked = commands.length;
    feed({ kind: "timer", ...at(MINUTE_MS + timeMs) });
    return commands.slice(asked).some((one) => one.kind === "query" && one.clientOrderId === clientOrderId);
  };
  assert.deepEqual([timer(102_000), timer(102_140), timer(102_500)], [false, false, true]);
  feed({ kind: "missing", ...own, ...at(MINUTE_MS + 102_510) });
  assert.equal(record.state, "absent");
});

Deno.test("what can be closed is what is held: less than the position where dust is missing", () => {
  const lot = quantity("0.001"),
    of = (position: string, dust: string) => closableOf(signed(position), signed(dust), lot);
  assert.equal(of("5.0004", "0"), quantity("5"));
  assert.equal(of("5.0004", "0.0009"), quantity("5"));
  assert.equal(of("5.0004", "-0.0009"), quantity("4.999"));
  assert.equal(of("-5.0004", "0.0009"), quantity("4.999"));
  assert.equal(of("0.0012", "-0.0009"), 0n);
  assert.equal(of("0.0004", "-0.0009"), 0n);
});

Deno.test("a rest of less than one lot that the venue sells after all is closed, and nothing is left over", () => {
  const { trader, commands, sent, accept, fill } = held(), stop = sent("stop")!;
  accept(stop.clientOrderId, stop.quantity);
  fill(stop, "4.9996", "95");
  assert.deepEqual(trader.state.books[0]!.dust!.quantity, quantity("0.0004"));
  fill(stop, "0.0004", "94");
  const { books: [book], account } = trader.state;
  assert.deepEqual([book!.position, book!.dust, book!.lots, account.dust[0]], [0n, null, [], 0n]);
  const closed = commands.flatMap((own) => own.kind === "closed" ? [own.lot] : []);
  assert.equal(closed.reduce((sum, lot) => sum + lot.quantity, 0n), quantity("5"));
  const last = closed.at(-1)!;
  assert.deepEqual([last.quantity, last.exitPrice], [quantity("0.0004"), price("94")]);
  // 4.9996 at 95 and 0.0004 at 94, to the last unit.
  assert.equal(closed.reduce((sum, lot) => sum + lot.exitValue, 0n), notional("474.9996"));
});

Deno.test("a stop is no larger than what the account holds", () => {
  const { trader, sent, candle, ask } = held(), first = sent("stop")!;
  trader.state.account.dust[0] = signed("-0.0005");
  ask({ kind: "protect", stop: percent(4) });
  candle(100);
  assert.equal(first.quantity, quantity("5"));
  assert.equal(sent("stop")!.quantity, quantity("4.999"));
});

Deno.test("orders that break a rule of the venue halt their book when they do so again, a closed market at once", () => {
  const refuse = ({ feed, now }: ReturnType<typeof held>, { clientOrderId }: OrderIntent, code: string) =>
    feed({ kind: "refused", clientOrderId, code, reason: "", timeMs: now() });
  const own = held();
  refuse(own, own.sent("stop")!, "invalid-order");
  assert.equal(own.trader.state.books[0]!.halted, null);
  own.candle(100);
  refuse(own, own.sent("stop")!, "invalid-order");
  assert.match(own.trader.state.books[0]!.halted!, /by a rule/);
  assert.ok(own.commands.some((command) => command.kind === "alarm" && command.code === "invalid-order"));
  const closed = held();
  refuse(closed, closed.sent("stop")!, "market-closed");
  assert.match(closed.trader.state.books[0]!.halted!, /takes no orders/);
  // Between two that are refused one that is taken.
  const taken = held();
  refuse(taken, taken.sent("stop")!, "invalid-order");
  taken.candle(100);
  taken.accept(taken.sent("stop")!.clientOrderId, taken.sent("stop")!.quantity);
  taken.ask({ kind: "protect", stop: percent(4) });
  refuse(taken, taken.sent("stop")!, "invalid-order");
  assert.equal(taken.trader.state.books[0]!.halted, null);
});

Deno.test("a market whose steps change has its stop put on the new ones, and a successor knows them", () => {
  const { trader, commands, feed, candle, accept, sent, now } = held(), stop = sent("stop")!;
  accept(stop.clientOrderId, stop.quantity);
  const grid = { tick: price("10"), lot: quantity("2"), minNotional: notional("50") };
  feed({ kind: "regridded", instrument: 0, grid, timeMs: now() });
  const cancelled = commands.find((command) => command.kind === "cancel")!;
  assert.deepEqual([cancelled.clientOrderId, sent("stop")!.quantity], [stop.clientOrderId, quantity("4")]);
  assert.equal(sent("stop")!.price! % price("10"), 0n);
  const again = restoreTrader(HELD_CONFIG, saveTrader(trader));
  assert.deepEqual([again.config.instruments[0]!.lot, HELD_CONFIG.instruments[0]!.lot], [
    quantity("2"),
    HELD_MARKET.lot,
  ]);
  candle(100);
  assert.equal(sent("stop")!.quantity, quantity("4"));
});

Deno.test("what was found ends the halt that came with it, and no other one", () => {
  const { trader, feed, sent, now, candle } = held(), stop = sent("stop")!, own = trader.state.books[0]!;
  const quarantine = (seconds: number) => feed({ kind: "timer", timeMs: now() + seconds * 1_000 as TimestampMs });
  const found = () =>
    feed({
      kind: "found",
      clientOrderId: stop.clientOrderId,
      state: "open",
      price: stop.price,
      limitPrice: null,
      fills: [],
      timeMs: now(),
    });
  quarantine(4);
  quarantine(65);
  assert.match(own.halted!, /nobody knows/);
  found();
  assert.equal(own.halted, null);
  const other = held(), second = other.trader.state.books[0]!;
  second.halted = "a fill came after its order had ended";
  for (const seconds of [4, 65]) {
    other.feed({ kind: "timer", timeMs: other.now() + seconds * 1_000 as TimestampMs });
  }
  assert.equal(other.trader.state.orders[0]!.state, "quarantined");
  other.accept(other.sent("stop")!.clientOrderId, quantity("5"));
  assert.equal(second.halted, "a fill came after its order had ended");
  candle(100);
});

/** Fails where a price is asked for that is none. */
class Failing extends BaseStrategy {
  readonly series = [];
  decide({ close }: DecisionContext): void {
    if (close === 13) throw new Error("13 was not thought of");
  }
}

Deno.test("a strategy that fails stands still until a person has looked, where the others are to go on", () => {
  const failing = defineStrategy({ id: "failing", params: {}, create: () => new Failing() });
  const books = [{ strategy: failing.bind(), instrument: 0 }, ...HELD_CONFIG.books];
  const closeAt = (trader: Trader, minute: number, close: number, commands: Command[] = []) => {
    const group = candleGroup(1);
    Object.assign(group, { count: 1, closeTimeMs: minute * MINUTE_MS });
    group.rowOf[0] = 0;
    group.openTimeMs[0] = (minute - 1) * MINUTE_MS;
    group.open[0] =
      group.high[0] =
      group.low[0] =
      group.close[0] =
        close;
    step(trader, group, commands);
    return commands;
  };
  assert.throws(() => closeAt(createTrader({ ...HELD_CONFIG, books }), 1, 13), /13 was not thought of/);
  const trader = createTrader({ ...HELD_CONFIG, books, haltsOnError: true });
  const alarms = closeAt(trader, 1, 13).filter((command) => command.kind === "alarm");
  assert.deepEqual(alarms.map(({ code }) => code), ["strategy-failed"]);
  assert.match(alarms[0]!.message, /^[A-Z]+\/USDT, [a-z-]+: its strategy has failed: 13 was not thought of$/);
  assert.match(trader.state.books[0]!.halted!, /13 was not thought of/);
  assert.equal(trader.state.books[1]!.halted, null);
  assert.deepEqual(closeAt(trader, 2, 13), [], "it is not asked again");
  step(trader, { kind: "resume", timeMs: 2 * MINUTE_MS as TimestampMs }, []);
  assert.equal(trader.state.books[0]!.halted, null);
  assert.equal(closeAt(trader, 3, 13).length, 1, "it is asked again, and fails again");
  const enter = { kind: "enter", side: "buy", at: { kind: "limit", price: NaN } } as const;
  const wish: Request = { ...enter, sizing: null, stop: null, target: null, reason: "" };
  step(trader, { kind: "decision", book: 1, requests: [wish], timeMs: 3 * MINUTE_MS as TimestampMs }, []);
  assert.match(trader.state.books[1]!.halted!, /NaN is not a price/);
});

Deno.test("an entry at a price that nobody can mean is refused, and the strategy goes on", () => {
  const trader = createTrader(HELD_CONFIG), commands: Command[] = [];
  Object.assign(trader.state.marks, [100]);
  const wish = (price: number): Request => ({
    ...{ kind: "enter", side: "buy", at: { kind: "limit", price }, sizing: { kind: "units", units: 0.01 } },
    ...{ stop: null, target: null, reason: "" },
  });
  const ask = (price: number) =>
    step(trader, { kind: "decision", book: 0, requests: [wish(price)], timeMs: MINUTE_MS as TimestampMs }, commands);
  ask(1_000);
  assert.deepEqual(commands.map((own) => own.kind === "refused" ? own.refusal.code : own.kind), ["absurd-price"]);
  ask(99);
  assert.ok(commands.some(({ kind }) => kind === "record"));
});

function signed(text: string): Quantity {
  return (text.startsWith("-") ? -quantity(text.slice(1)) : quantity(text)) as Quantity;
}
