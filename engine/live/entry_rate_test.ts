import assert from "node:assert/strict";
import { MINUTE_MS } from "../time/mod.ts";
import type { Command } from "../trader/mod.ts";
import { EntryRate } from "./entry_rate.ts";

function orders(count: number, reduceOnly = false): Command[] {
  return Array.from({ length: count }, () => ({ kind: "submit", order: { reduceOnly } } as Command));
}

Deno.test("entries up to four of each book within a candle go on, one more stops trading, and exits never do", () => {
  const rate = new EntryRate(5, MINUTE_MS);
  assert.equal(rate.take(orders(19), 0), null);
  assert.equal(rate.take(orders(500, true), 1), null);
  assert.equal(rate.take([{ kind: "cancel", clientOrderId: "x" } as Command, ...orders(1)], 2), null);
  assert.match(rate.take(orders(1), 3)!, /more than 20 entries within one candle/);
});

Deno.test("what was sent a candle ago counts no more, and a flood at once is seen at once", () => {
  const rate = new EntryRate(1, MINUTE_MS);
  for (let minute = 0; minute < 100; minute++) assert.equal(rate.take(orders(10), minute * MINUTE_MS), null);
  assert.notEqual(new EntryRate(1, MINUTE_MS).take(orders(10_000), 0), null);
});
