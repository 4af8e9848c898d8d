import assert from "node:assert/strict";
import { held } from "../testing/held_position.ts";
import type { ClientOrderId, OrderIntent } from "../orders/mod.ts";
import { ZERO_QUANTITY } from "../money/mod.ts";
import { percent, type Request } from "../strategies/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { hasExitsToRetry } from "./mod.ts";

const ENTER: Request = {
  ...{ kind: "enter", side: "buy", at: null, sizing: { kind: "units", units: 5 }, stop: percent(5), target: null },
  reason: "enter",
};
const FLATTEN = { kind: "halt", reason: "kill", flatten: true } as const;

/** A trader whose position is closed, and what it is told. */
function flat() {
  const own = held(),
    cancelled = (clientOrderId: ClientOrderId) =>
      own.feed({
        ...{ kind: "ended", clientOrderId, state: "cancelled", filled: ZERO_QUANTITY, reason: "" },
        timeMs: own.now(),
      });
  own.ask({ kind: "close", reason: "enough" });
  cancelled(own.sent("stop")!.clientOrderId);
  own.fill(own.sent("close")!, "5", "100");
  own.candle(100);
  const submitted = (slot: OrderIntent["slot"]) =>
    own.commands.filter((command) => command.kind === "submit" && command.order.slot === slot).length;
  return { ...own, cancelled, submitted };
}

Deno.test("a close and a stop that could not be sent are tried again between candles, not at once and not for ever in vain", () => {
  const { trader, feed, sent, accept, fill, commands, now } = held(), stop = sent("stop")!, from = now();
  accept(stop.clientOrderId, stop.quantity);
  feed({ ...FLATTEN, timeMs: now() });
  const close = sent("close")!, { clientOrderId } = stop;
  feed({ kind: "ended", clientOrderId, state: "cancelled", filled: ZERO_QUANTITY, reason: "", timeMs: now() });
  feed({ kind: "notSent", clientOrderId: close.clientOrderId, timeMs: now() });
  feed({ kind: "notSent", clientOrderId: sent("stop")!.clientOrderId, timeMs: now() });
  const slots = () => commands.slice(before).flatMap((own) => own.kind === "submit" ? [own.order.slot] : []);
  const before = commands.length, at = (seconds: number) => from + seconds * 1_000 as TimestampMs;
  assert.deepEqual([hasExitsToRetry(trader, at(9)), hasExitsToRetry(trader, at(10))], [false, true]);
  for (let second = 1; second <= 9; second++) feed({ kind: "retry", timeMs: at(second) });
  // Whoever only follows what is on its way tells the time, too.
  feed({ kind: "timer", timeMs: at(10) });
  assert.deepEqual(slots(), []);
  feed({ kind: "retry", timeMs: at(10) });
  assert.deepEqual(slots(), ["close"]);
  feed({ kind: "notSent", clientOrderId: sent("close")!.clientOrderId, timeMs: at(10) });
  feed({ kind: "notSent", clientOrderId: sent("stop")!.clientOrderId, timeMs: at(10) });
  feed({ kind: "retry", timeMs: at(20) });
  assert.deepEqual(slots(), ["close", "stop", "close"]);
  fill(sent("close")!, "5", "100");
  assert.equal(hasExitsToRetry(trader, at(40)), false);
});

Deno.test("a stop that the venue does not take is put up again between candles, with another name", () => {
  const { feed, sent, now } = held(), stop = sent("stop")!;
  feed({ kind: "notSent", clientOrderId: stop.clientOrderId, timeMs: now() });
  feed({ kind: "retry", timeMs: now() + 10_000 as TimestampMs });
  assert.notEqual(sent("stop")!.clientOrderId, stop.clientOrderId);
});

Deno.test("a stop that the venue refuses for want of balance is tried again though nobody tells that the balance is free", () => {
  const { trader, feed, sent, now } = held(), from = now();
  const refuse = (timeMs: TimestampMs) => {
    const { clientOrderId } = sent("stop")!;
    feed({ kind: "refused", clientOrderId, code: "insufficient-funds", reason: "held by another order", timeMs });
    return clientOrderId;
  };
  const at = (seconds: number) => from + seconds * 1_000 as TimestampMs;
  refuse(at(0));
  feed({ kind: "retry", timeMs: at(10) });
  const second = refuse(at(10));
  assert.deepEqual([20, 39, 40].map((seconds) => hasExitsToRetry(trader, at(seconds))), [false, false, true]);
  feed({ kind: "retry", timeMs: at(40) });
  const third = sent("stop")!.clientOrderId;
  assert.notEqual(third, second);
  refuse(at(40));
  assert.deepEqual([69, 70].map((seconds) => hasExitsToRetry(trader, at(seconds))), [false, true]);
  assert.equal(trader.state.books[0]!.halted, "the venue has less than the position: it refuses what closes it");
});

Deno.test("a flatten closes what the last of several withdrawn entries still brings", () => {
  const { trader, ask, sent, accept, feed, fill, candle, now, cancelled, submitted } = flat();
  const entries = [99, 98].map((price, i) => {
    ask({ ...ENTER, at: { kind: "limit", price }, leg: i + 1, sizing: { kind: "units", units: 1 } });
    const entry = sent("entry")!;
    accept(entry.clientOrderId, entry.quantity);
    return entry;
  });
  feed({ ...FLATTEN, timeMs: now() });
  cancelled(entries[0]!.clientOrderId);
  const closes = submitted("close");
  fill(entries[1]!, "1", "98");
  candle(98);
  assert.equal(trader.state.books[0]!.position > 0n, true);
  assert.equal(submitted("close"), closes + 1);
});

Deno.test("an entry that is taken back before it is recorded leaves no wish to close what is opened later", () => {
  const { trader, ask, feed, fill, sent, candle, now, submitted } = flat();
  feed({ kind: "decision", book: 0, requests: [ENTER, { kind: "close", reason: "exit" }], timeMs: now() });
  assert.deepEqual([trader.state.orders.length, trader.state.books[0]!.closing], [0, null]);
  candle(100);
  ask(ENTER);
  fill(sent("entry")!, "5", "100");
  const closes = submitted("close");
  candle(100);
  assert.equal(submitted("close"), closes);
});
