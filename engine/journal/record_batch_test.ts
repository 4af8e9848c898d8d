import assert from "node:assert/strict";
import { acquireLease, inTransaction, type Lease, type Transaction } from "../database/mod.ts";
import { fee, notional, quantity } from "../money/mod.ts";
import type { ClientOrderId, OrderStep } from "../orders/mod.ts";
import { fillOf, intent } from "../testing/journal_suite.ts";
import { testOnDatabases } from "../testing/servers.ts";
import type { TimestampMs } from "../time/mod.ts";
import { type OrderBatch, readBatchRows, recordBatch } from "./record_batch.ts";
import { recordFill, recordIntent, recordStep } from "./record_order.ts";
import type { Scope } from "./scope.ts";
import { startSession } from "./sessions.ts";

const step = (order: { clientOrderId: ClientOrderId }, to: OrderStep["to"]): OrderStep => {
  return { clientOrderId: order.clientOrderId, to, reason: "test", timeMs: 7 as TimestampMs };
};
const [one, two, sized] = [intent(1), intent(2), intent(3, { sizeAtFill: { kind: "units", units: 1 } as never })];
const foreign = fillOf({ clientOrderId: "nobody" as ClientOrderId }, "9");
/** Turns of a session, with all that differs: sizes at the fill, fees elsewhere, fills that are late, too much or twice. */
const TURNS: readonly OrderBatch[] = [
  { intents: [one, two, sized], fills: [], steps: [] },
  { intents: [], fills: [], steps: [step(one, "sending"), step(two, "sending"), step(sized, "sending")] },
  { intents: [one], fills: [fillOf(one, "1"), foreign], steps: [step(one, "open"), step(one, "partiallyFilled")] },
  {
    intents: [intent(4)],
    fills: [
      fillOf(one, "1"),
      fillOf(one, "2"),
      fillOf(one, "3", { feeFrom: "third", feeAsset: "BNB", fee: fee("0.01"), feeWorthQuote: notional("6") }),
      fillOf(sized, "4", { quantity: quantity("0.5") }),
    ],
    steps: [step(one, "filled"), step(two, "refused"), step(two, "refused"), step(intent(4), "sending")],
  },
  { intents: [], fills: [fillOf(two, "5")], steps: [step(sized, "open"), step(sized, "cancelled")] },
];

const record = async (tx: Transaction, scope: Scope, batch: OrderBatch) =>
  await recordBatch(tx, scope, batch, await readBatchRows(tx, scope, batch));

testOnDatabases("a batch of a journal", async ({ sql }, { context }) => {
  const begin = async (account: string): Promise<Scope> => {
    const lease = await inTransaction(sql, async (tx) => {
      await startSession(tx, { id: account, account, mode: "paper", epoch: 1, startedAtMs: 0, settings: {} });
      return await acquireLease(tx, { name: account, holder: "test", ttlMs: 60_000 }) as Lease;
    });
    return { account, sessionId: account, venue: "test", lease };
  };
  const rows = async (account: string) => ({
    orders: await sql`select client_order_id, epoch, instrument, slot, decided_at_ms, quantity, sized_at_fill, filled,
      state, is_open, intent from orders where account = ${account} order by client_order_id`,
    fills:
      await sql`select trade_id, venue, client_order_id, instrument, side, price, quantity, fee, fee_asset, fee_from,
      fee_worth_quote, liquidity, time_ms, verdict from fills where account = ${account} order by trade_id`,
    events: await sql`select kind, version, epoch, time_ms, body from journal_events where account = ${account}
      order by sequence`,
  });
  const apart = async (tx: Transaction, scope: Scope, { intents, fills, steps }: OrderBatch) => {
    for (const order of intents) await recordIntent(tx, scope, order);
    for (const fill of fills) await recordFill(tx, scope, fill);
    for (const own of steps) await recordStep(tx, scope, own);
  };

  await context.step("is what its parts are, written one after the other", async () => {
    const together = await begin("together"), alone = await begin("alone");
    for (const turn of TURNS) {
      await inTransaction(sql, (tx) => record(tx, together, turn));
      await inTransaction(sql, (tx) => apart(tx, alone, turn));
      assert.deepEqual(await rows("together"), await rows("alone"));
    }
    assert.equal((await rows("alone")).fills.length, 6);
  });
  await context.step("refuses what they refuse, and writes nothing of it", async () => {
    const scope = await begin("refusals");
    const write = (turn: Partial<OrderBatch>) =>
      inTransaction(sql, (tx) => record(tx, scope, { intents: [], fills: [], steps: [], ...turn }));
    await write({ intents: [one] });
    const other = { ...one, quantity: quantity("3") };
    await assert.rejects(write({ intents: [two, other] }), /intent/);
    await assert.rejects(write({ intents: [two], steps: [step(sized, "open")] }));
    await assert.rejects(write({ intents: [two], steps: [step(one, "filled"), step(one, "sending")] }), /cannot go/);
    assert.equal((await rows("refusals")).orders.length, 1);
  });
});
