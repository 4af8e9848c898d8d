import assert from "node:assert/strict";
import { notional, quantity } from "../money/mod.ts";
import { fillOf, intent } from "../testing/journal_suite.ts";
import type { TimestampMs } from "../time/mod.ts";
import { applyEvent, emptyJournal, type JournalEvent, type OrderState, takesStep, verdictOn } from "./mod.ts";

const timeMs = 1 as TimestampMs;
const RECORDED: JournalEvent = { kind: "intent", order: intent(1), epoch: 1, timeMs };
const STEP: JournalEvent = { kind: "step", clientOrderId: intent(1).clientOrderId, to: "sending", timeMs, reason: "" };
const FILL: JournalEvent = { kind: "fill", fill: fillOf(intent(1), "1"), timeMs };
const ADJUSTED: JournalEvent = {
  kind: "adjustment",
  ...{ id: "1", asset: "USDT", amount: notional("1"), reason: "", timeMs },
};

Deno.test("a journal takes nothing twice, and no step of an order that it does not know", () => {
  const state = emptyJournal();
  assert.throws(() => applyEvent(state, STEP), /has a step of .* before its intent/);
  for (
    const [event, fault] of [[RECORDED, /two intents/], [FILL, /two fills 1/], [ADJUSTED, /two adjustments 1/]] as const
  ) {
    applyEvent(state, event);
    assert.throws(() => applyEvent(state, event), fault);
  }
  const [order] = state.orders.values();
  applyEvent(state, STEP);
  applyEvent(state, STEP);
  assert.equal(order!.state, "sending", "where it is already it stays");
  assert.throws(() => takesStep("filled", { ...STEP, to: "open" }), { code: "order-step" });
});

Deno.test("a fill is new, late, over or foreign by the order as it is", () => {
  const fill = fillOf(intent(1), "1", { quantity: quantity("1") });
  const verdict = (state: OrderState, filled: string, ordered: string | null) =>
    verdictOn(fill, { state, filled: quantity(filled), quantity: ordered === null ? null : quantity(ordered) });
  assert.equal(verdictOn(fill, null), "foreign");
  assert.deepEqual(
    [verdict("open", "1", "2"), verdict("open", "1.00000001", "2"), verdict("open", "9", null)],
    ["new", "over", "new"],
  );
  assert.deepEqual([verdict("cancelled", "0", "2"), verdict("filled", "1", "2")], ["late", "new"]);
});
