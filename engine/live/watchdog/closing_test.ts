import assert from "node:assert/strict";
import type { VenueOrder } from "../../exchanges/mod.ts";
import { held, HELD_MARKET } from "../../testing/held_position.ts";
import type { TimestampMs } from "../../time/mod.ts";
import { DEFAULT_TIMING } from "../../trader/mod.ts";
import { isOfSession } from "../session_tag.ts";
import { WorldClock } from "../world/world_clock.ts";
import { Closing } from "./closing.ts";
import { guardedPositions } from "./guarded_position.ts";
import { EMPTY_SPOOL } from "./spool.ts";

Deno.test("a watchdog that acts alone leaves its place to whoever has sent orders under the epoch that it would take", async () => {
  const { trader, sent, accept } = held(), stop = sent("stop")!, calls: string[] = [];
  accept(stop.clientOrderId, stop.quantity);
  trader.state.epoch = 1;
  const nowMs = 1_000_000 as TimestampMs, scheduler = new WorldClock(nowMs);
  const [position] = guardedPositions(trader, 2, nowMs);
  const foreign: VenueOrder = {
    ...{ id: "9", clientOrderId: "t12-0-abc-s0", status: "open", price: null, triggerPrice: "95" },
    ...{ quantity: "5", filled: "0", updatedAtMs: null, timeMs: null },
  };
  const done = <T>(value: T) => Promise.resolve({ kind: "done" as const, value });
  const unexpected = (what: string) => {
    calls.push(what);
    return Promise.resolve({ kind: "unknown" as const, reason: "" });
  };
  const end = await new Closing({
    exchange: {
      submit: () => unexpected("submit"),
      cancel: () => unexpected("cancel"),
      order: () => unexpected("order"),
      openOrders: () => done([foreign]),
      orders: () => done([]),
      fills: () => done([]),
      balances: () => done([{ asset: "BTC", free: "0", used: "5", total: "5" }]),
    } as never,
    ...{ market: HELD_MARKET, session: "t1", epoch: 2, spool: { state: EMPTY_SPOOL } as never },
    ...{ timing: DEFAULT_TIMING, scheduler, real: scheduler, hindrance: () => null, say: () => {} },
    isOurs: (id): id is typeof stop.clientOrderId => isOfSession(id, "t1"),
  }, position!).run();
  assert.equal(end.kind, "hindered");
  assert.match(end.kind === "hindered" ? end.reason : "", /another process leads/);
  assert.deepEqual(calls, []);
});
