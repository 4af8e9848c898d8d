import assert from "node:assert/strict";
import { instrument } from "../market/mod.ts";
import { notional, quantity, ZERO_QUANTITY } from "../money/mod.ts";
import type { OrderIntent } from "../orders/mod.ts";
import { percent, type Request } from "../strategies/mod.ts";
import { held, HELD_CONFIG, HELD_MARKET } from "../testing/held_position.ts";
import type { TimestampMs } from "../time/mod.ts";
import { fillOf } from "./venue_amounts.ts";

const ENTER: Request = {
  ...{ kind: "enter", side: "buy", at: null, sizing: { kind: "units", units: 5 }, stop: percent(5), target: null },
  reason: "enter",
};
const TAKEN_BACK = { state: "cancelled", filled: ZERO_QUANTITY, reason: "" } as const;

/** An execution as a venue tells it that takes its fee in one asset. */
function fill(order: OrderIntent, id: string, size: string, feeAsset: string, fee: string, market = HELD_MARKET) {
  const { clientOrderId, side } = order;
  const own = { id, orderId: id, clientOrderId, side, price: "100", quantity: size, liquidity: "taker" as const };
  return fillOf({ ...own, feeAsset, fee, timeMs: 0 as TimestampMs }, clientOrderId, market);
}

Deno.test("a sale that pays its fee in what it sells ends the position, and the fee comes out of what else is there", () => {
  const { trader, ask, sent, feed, now } = held();
  ask({ kind: "close", reason: "enough" });
  const stop = sent("stop")!.clientOrderId;
  feed({ kind: "ended", clientOrderId: stop, ...TAKEN_BACK, timeMs: now() });
  feed({ kind: "fill", fill: fill(sent("close")!, "9", "5", "BTC", "0.004"), timeMs: now() });
  assert.deepEqual([trader.state.books[0]!.position, trader.state.external["BTC"]], [0n, notional("-0.004")]);
});

Deno.test("fees that are paid in what a book holds make its stop smaller: one for all of it would be refused", () => {
  const other = instrument({ exchange: "test", symbol: "ETH/USDT", kind: "spot", tick: "0.01", lot: "0.001" });
  const strategy = HELD_CONFIG.books[0]!.strategy;
  const config = {
    ...HELD_CONFIG,
    instruments: [HELD_MARKET, other],
    books: [{ strategy, instrument: 0 }, { strategy, instrument: 1 }],
  };
  const { trader, sent, feed, accept, now } = held(config), stop = sent("stop")!;
  accept(stop.clientOrderId, stop.quantity);
  trader.state.marks[1] = 100;
  feed({ kind: "decision", book: 1, requests: [ENTER], timeMs: now() });
  feed({ kind: "fill", fill: fill(sent("entry")!, "9", "5", "BTC", "0.04", other), timeMs: now() });
  assert.equal(trader.state.books[0]!.position, quantity("4.96"));
  feed({ kind: "ended", clientOrderId: stop.clientOrderId, ...TAKEN_BACK, timeMs: now() });
  assert.equal(
    trader.state.orders.find(({ intent }) => intent.book === 0 && intent.slot === "stop")?.quantity,
    quantity("4.96"),
  );
});
