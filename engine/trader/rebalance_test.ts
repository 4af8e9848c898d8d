import assert from "node:assert/strict";
import { held, HELD_CONFIG, HELD_MARKET } from "../testing/held_position.ts";
import { quantity } from "../money/mod.ts";
import { percent, type Request } from "../strategies/mod.ts";

const to = (units: number, bandFraction = 0): Request => ({
  ...{ kind: "rebalance", to: { kind: "units", units }, bandFraction, stop: percent(5), target: null },
  reason: "weights",
});

/** Five coins, and an entry that waits below the market. */
function waiting() {
  const own = held({ ...HELD_CONFIG, instruments: [HELD_MARKET], exitsLock: false });
  own.ask({
    ...{ kind: "enter", side: "buy", at: { kind: "limit", price: 90 }, sizing: { kind: "units", units: 1 } },
    ...{ stop: percent(5), target: null, reason: "deeper" },
  });
  const entry = own.sent("entry")!;
  own.accept(entry.clientOrderId, entry.quantity);
  return { ...own, entry };
}

Deno.test("an entry that waits is taken back by a rebalance: it would come on top of what is wanted", () => {
  for (const units of [5, 7, 3]) {
    const { ask, commands, entry } = waiting();
    ask(to(units));
    const cancels = commands.filter((own) => own.kind === "cancel" && own.clientOrderId === entry.clientOrderId);
    assert.equal(cancels.length, 1, `${units}`);
  }
});

Deno.test("a rebalance buys or sells the difference to what is held and on its way to the market, and none within its band", () => {
  const bought = held();
  bought.ask(to(7));
  assert.equal(bought.sent("entry")!.quantity, quantity("2"));
  // It has not traded yet, and counts.
  const first = bought.sent("entry")!.clientOrderId;
  bought.candle(100);
  bought.ask(to(7));
  assert.equal(bought.sent("entry")!.clientOrderId, first);
  const kept = held(), before = kept.sent("entry")!.clientOrderId;
  kept.candle(100);
  kept.ask(to(6, 0.0011)); // 100 of 100,000 are 0.1 %
  assert.equal(kept.sent("entry")!.clientOrderId, before);
  kept.ask(to(6, 0.0009));
  assert.equal(kept.sent("entry")!.quantity, quantity("1"));
  const all = held();
  all.feed({
    kind: "ended",
    clientOrderId: all.sent("stop")!.clientOrderId,
    state: "cancelled",
    filled: 0n as never,
    reason: "",
    timeMs: all.now(),
  });
  all.ask(to(0, 1));
  assert.equal(all.sent("close")!.quantity, quantity("5"), "the way out is never too small");
});
