import assert from "node:assert/strict";
import { quantity } from "../money/mod.ts";
import { guardOrderId, isGuardOrder, type OrderIntent } from "../orders/mod.ts";
import { held } from "../testing/held_position.ts";
import { approvedClose } from "./guard.ts";
import { saveTrader } from "./trader.ts";

/** A held position, the watchdog's order for it, and what a session hears of that. */
function guarded() {
  const own = held(), { trader, now, feed, accept, sent, commands } = own, stop = sent("stop")!;
  accept(stop.clientOrderId, stop.quantity);
  const name = guardOrderId("t12", 0, now(), 0);
  const order = approvedClose(trader, 0, name, now(), "nobody leads")!;
  commands.length = 0;
  return { ...own, stop, order, guard: () => feed({ kind: "guarded", order, timeMs: now() }) };
}

Deno.test("a close is approved for all that is held, and for what entries on their way may bring", () => {
  const { trader, ask, now, candle } = held(), name = guardOrderId("t12", 0, now(), 0);
  const of = () => approvedClose(trader, 0, name, now(), "test");
  const { slot, side, kind, quantity: size, reduceOnly } = of()!;
  assert.deepEqual({ slot, side, kind, size, reduceOnly }, {
    ...{ slot: "close", side: "sell", kind: "market", size: quantity("5"), reduceOnly: true },
  });
  assert.ok(isGuardOrder(name) && !isGuardOrder("t12-0-abc-s1"));
  ask({
    ...{ kind: "enter", side: "buy", at: null, sizing: { kind: "units", units: 2 }, stop: null, target: null },
    reason: "more",
  });
  assert.equal(of()!.quantity, quantity("7"));
  candle(100);
});

Deno.test("a book without a position has nothing that could be closed", () => {
  const { trader, sent, fill, ask, now } = held();
  ask({ kind: "close", reason: "exit" });
  fill(sent("close")!, "5", "100");
  assert.equal(approvedClose(trader, 0, guardOrderId("t12", 0, now(), 0), now(), "test"), null);
});

Deno.test("the watchdog's order is asked for, never sent, and the account is halted", () => {
  const { trader, commands, stop, order, guard, fill, candle } = guarded();
  guard();
  assert.deepEqual(commands.map(({ kind }) => kind), ["record", "query", "cancel"]);
  assert.deepEqual(commands[2], { kind: "cancel", clientOrderId: stop.clientOrderId });
  assert.equal(trader.state.halted, "nobody leads");
  fill(order, "5", "90");
  assert.equal(trader.state.books[0]!.position, 0n);
  candle(90);
  assert.deepEqual(commands.filter(({ kind }) => kind === "submit"), []);
});

Deno.test("told twice it is one order", () => {
  const { trader, guard, fill, order } = guarded();
  guard();
  const once = saveTrader(trader);
  guard();
  assert.equal(saveTrader(trader), once);
  fill(order, "5", "90");
  const filled = saveTrader(trader);
  guard();
  assert.equal(saveTrader(trader), filled);
});

Deno.test("one that never arrived leaves the position to its stop, and to a close of the session's own", () => {
  const { trader, guard, order, feed, now, sent, candle } = guarded();
  guard();
  for (let miss = 0; miss < 2; miss++) {
    candle(100);
    feed({ kind: "missing", clientOrderId: order.clientOrderId, timeMs: now() });
  }
  assert.equal(trader.state.recent.find(({ intent }) => intent.clientOrderId === order.clientOrderId)?.state, "absent");
  candle(100);
  const close = sent("close") as OrderIntent;
  assert.deepEqual([close.quantity, isGuardOrder(close.clientOrderId)], [quantity("5"), false]);
});

Deno.test("nothing protects more than is held, where more was sold than is known to have been bought", () => {
  const { trader, guard, order, fill, commands } = guarded();
  guard();
  fill(order, "7", "90");
  assert.equal(trader.state.books[0]!.position, -quantity("2"));
  assert.deepEqual(commands.filter((own) => own.kind === "submit" && own.order.slot !== "close"), []);
});
