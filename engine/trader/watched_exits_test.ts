import assert from "node:assert/strict";
import { held } from "../testing/held_position.ts";
import type { OrderIntent } from "../orders/mod.ts";
import { ZERO_QUANTITY } from "../money/mod.ts";
import type { Request } from "../strategies/mod.ts";

/** A position of 5 bought at 100, whose stop alone may hold the balance, and what goes out for it. */
function watched() {
  const own = held(), stop = own.sent("stop")!;
  own.accept(stop.clientOrderId, stop.quantity);
  const slots = () => own.commands.flatMap((one) => one.kind === "submit" ? [one.order.slot] : []);
  /** The venue's answer to a stop that was asked back. */
  const freed = () => {
    const { clientOrderId } = own.commands.findLast((one) => one.kind === "cancel")!;
    const end = { kind: "ended", clientOrderId, state: "cancelled", filled: ZERO_QUANTITY, reason: "" } as const;
    own.feed({ ...end, timeMs: own.now() });
  };
  return { ...own, slots, freed };
}

const reduce = (fraction: number, price: number): Request => ({
  ...{ kind: "reduce", size: { kind: "fraction", fraction }, at: { kind: "limit", price }, reason: `at ${price}` },
});
const last = ({ sent }: ReturnType<typeof held>, slot: OrderIntent["slot"]) => sent(slot)!.quantity;

Deno.test("a close that waits at a price goes to the market with the candle that reaches it, and not before", () => {
  const own = watched();
  own.ask({ kind: "close", at: { kind: "limit", price: 110 }, reason: "take profit" });
  for (const close of [105, 109]) own.candle(close);
  assert.deepEqual(own.slots(), ["entry", "stop"]);
  own.candle(111);
  assert.deepEqual(own.slots(), ["entry", "stop", "close"]);
  own.freed();
  own.fill(own.sent("close")!, "5", "111");
  assert.deepEqual([own.trader.state.books[0]!.position, own.trader.state.books[0]!.legs], [0n, []]);
});

Deno.test("a close that waits below the market goes out where the market falls to it", () => {
  const own = watched();
  own.ask({ kind: "close", at: { kind: "stop", price: 97 }, reason: "weak" });
  own.candle(98);
  assert.deepEqual(own.slots(), ["entry", "stop"]);
  own.candle(96.5);
  assert.deepEqual(own.slots(), ["entry", "stop", "close"]);
});

Deno.test("parts that wait are sold one by one, each once, and the stop follows what is left", () => {
  const own = watched();
  own.ask(reduce(0.2, 110));
  own.ask(reduce(0.4, 120));
  own.candle(112);
  assert.deepEqual([own.slots(), last(own, "reduce")], [["entry", "stop", "reduce"], 1_000_000_000_000n]);
  own.freed();
  own.candle(113);
  assert.equal(own.slots().length, 3, "it is on its way already");
  own.fill(own.sent("reduce")!, "1", "112");
  assert.deepEqual([own.slots().at(-1), last(own, "stop")], ["stop", 4_000_000_000_000n]);
  own.accept(own.sent("stop")!.clientOrderId, own.sent("stop")!.quantity);
  own.candle(111);
  assert.equal(own.slots().length, 4, "what was sold is not sold again");
  own.candle(121);
  own.freed();
  own.fill(own.sent("reduce")!, "2", "121");
  assert.deepEqual([last(own, "reduce"), last(own, "stop")], [2_000_000_000_000n, 2_000_000_000_000n]);
  assert.deepEqual(own.trader.state.books[0]!.position, 2_000_000_000_000n);
});

Deno.test("parts that come to all that is held close the position", () => {
  const own = watched();
  own.ask(reduce(0.5, 110));
  own.ask(reduce(0.5, 110));
  own.candle(115);
  assert.deepEqual([own.slots(), last(own, "close")], [["entry", "stop", "close"], 5_000_000_000_000n]);
});

Deno.test("what is on its way is not sold once more by the part that comes to all that is left", () => {
  const own = watched();
  own.ask(reduce(0.4, 110));
  own.ask(reduce(0.6, 120));
  own.candle(112);
  own.freed();
  own.candle(121); // no answer to the first one yet
  assert.deepEqual([own.slots(), last(own, "reduce")], [["entry", "stop", "reduce", "reduce"], 3_000_000_000_000n]);
});

Deno.test("an exit that waits until a moment is forgotten when that is over", () => {
  const own = watched();
  const expires = own.now() + 120_000;
  own.ask({ kind: "close", at: { kind: "limit", price: 110 }, terms: { expires }, reason: "take profit" });
  for (const close of [105, 106, 111]) own.candle(close);
  assert.deepEqual([own.slots(), own.trader.state.books[0]!.legs], [["entry", "stop"], []]);
});
