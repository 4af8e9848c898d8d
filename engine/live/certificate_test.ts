import assert from "node:assert/strict";
import { type Notional, notional, type Price, type Quantity } from "../money/mod.ts";
import { type ClientOrderId, type Fill, type JournalOrder, type JournalState, replayJournal } from "../orders/mod.ts";
import { type RanSession, ranSession, type ScriptedSession, withStrategy } from "../testing/scripted_session.ts";
import { certifySession } from "./certificate.ts";
import { busyStrategy } from "./world/busy_strategy.ts";
import { swarmOf } from "./world/swarm.ts";
import { World } from "./world/world.ts";

const QUIET: ScriptedSession = { seed: 5, hours: 2, strategies: [1, 2].map((seed) => busyStrategy.bind({ seed })) };

/** A journal of its own, to be changed. */
const journalOf = ({ store }: Pick<RanSession, "store">): JournalState => replayJournal(store.journal.events);

const differences = ({ config, store }: Pick<RanSession, "config" | "store">, journal: JournalState) =>
  certifySession(config, store.inputs, journal).differences;

Deno.test("a session that did as it was told has no difference, whatever else is in the journal of its account", async () => {
  const ran = await ranSession({ ...QUIET, faults: { scripted: [{ at: "place", n: 20, fault: "limited" }] } });
  const journal = journalOf(ran), order = [...journal.orders.values()][0]!;
  const own = certifySession(ran.config, ran.store.inputs, journal);
  assert.deepEqual(own.differences, []);
  assert.ok(own.orders.length > 30 && own.fills > 20, `${own.orders.length} orders, ${own.fills} fills`);
  // Another session before it has bought in the same market and not sold.
  const other = "t1-0" as ClientOrderId, { fill } = [...journal.fills.values()][0]!;
  journal.orders.set(other, { ...order, intent: { ...order.intent, clientOrderId: other } });
  journal.fills.set("other", { fill: { ...fill, tradeId: "other", clientOrderId: other }, verdict: "new" });
  assert.deepEqual(certifySession(ran.config, ran.store.inputs, journal), own);
});

Deno.test("a coin that is missing at the venue is taken from the position, and is no difference", async () => {
  let hasLost = 0n;
  const ran = await ranSession({
    ...QUIET,
    atMinute: (_, { session }) => {
      const { state } = session!.trader, [book] = state.books;
      if (hasLost > 0n || book!.position <= 0n) return;
      hasLost = book!.position;
      const timeMs = state.nowMs, amount = -notional("0.001") as Notional;
      const adjustment = { id: "lost", asset: "BTC", amount, reason: "withdrawn", timeMs };
      session!.offer({ kind: "adjusted", adjustment, timeMs });
    },
  });
  assert.ok(hasLost > 0n && ran.store.journal.kept.adjustments.has("lost"));
  assert.deepEqual(differences(ran, journalOf(ran)), []);
});

Deno.test("an order or an execution that the journal has otherwise is a difference, whichever part of it", async () => {
  const ran = await ranSession(QUIET);
  const filled = [...ran.store.journal.kept.orders].find(([, { state }]) => state === "filled")![0];
  const [trade, { fill }] = [...ran.store.journal.kept.fills].find(([, own]) => own.fill.clientOrderId === filled)!;
  const orderTold = (part: Partial<JournalOrder>) => {
    const journal = journalOf(ran);
    journal.orders.set(filled, { ...journal.orders.get(filled)!, ...part });
    return differences(ran, journal);
  };
  assert.deepEqual(orderTold({ state: "cancelled" }), [`${filled}: filled in the replay, cancelled in the journal`]);
  assert.match(orderTold({ filled: 0n as Quantity }).join(), /^\S+: [\d.]+ filled in the replay, 0 in the journal$/);
  const fillTold = (part: Partial<Fill>) => {
    const journal = journalOf(ran);
    journal.fills.set(trade, { fill: { ...fill, ...part }, verdict: "new" });
    return differences(ran, journal);
  };
  const otherwise = [`${filled}: trade ${trade} is otherwise in the replay`];
  assert.deepEqual(fillTold({}), []);
  assert.deepEqual(fillTold({ price: fill.price + 1n as Price }), otherwise);
  assert.deepEqual(fillTold({ liquidity: fill.liquidity === "maker" ? "taker" : "maker" }), otherwise);
  assert.deepEqual(fillTold({ feeWorthQuote: notional("1") }), otherwise);
  assert.deepEqual(fillTold({ timeMs: fill.timeMs + 1 as Fill["timeMs"] }), otherwise);
  assert.equal(fillTold({ feeFrom: "third" })[0], otherwise[0]);
  const without = journalOf(ran), beside = journalOf(ran);
  without.fills.delete(trade);
  assert.ok(
    differences(ran, without).includes(`${filled}: trade ${trade} is in the replay, the journal does not have it`),
  );
  beside.fills.set("more", { fill: { ...fill, tradeId: "more" }, verdict: "over" });
  assert.ok(
    differences(ran, beside).includes(`${filled}: trade more is in the journal, the replay does not hear of it`),
  );
});

Deno.test("with a strategy that was changed since, each order that it would not have decided is a difference", async () => {
  const ran = await ranSession(QUIET),
    changed = { ...ran, config: withStrategy(ran.config, busyStrategy.bind({ seed: 3 })) };
  const recorded = [...ran.store.journal.kept.orders.keys()], found = differences(changed, journalOf(ran));
  const lost = recorded.filter((id) => found.includes(`${id}: the journal has it, the replay does not order it`));
  assert.ok(lost.length > 30, `${lost.length} of ${recorded.length} orders`);
  // They are in the inputs, whatever the journal has lost.
  assert.deepEqual(
    lost.filter((id) =>
      !differences(changed, replayJournal([])).some((text) => text.startsWith(`${id}: the journal has`))
    ),
    [],
  );
});

Deno.test("whatever goes wrong in a world, the journal is what the replay comes to", async () => {
  let fills = 0;
  for (let seed = 60; seed < 66; seed++) {
    const world = new World({ seed, days: 0.05, swarm: swarmOf(seed) });
    await world.run();
    const certificate = certifySession(world.config, world.store.inputs, world.store.journal.kept);
    assert.deepEqual(certificate.differences, [], `seed ${seed}`);
    fills += certificate.fills;
  }
  assert.ok(fills > 100, `${fills} fills`);
});
