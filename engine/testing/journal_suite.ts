// Test support only: what every journal of orders must do, whatever it is kept in.
import assert from "node:assert/strict";
import { isCodedError } from "../errors/mod.ts";
import type { InstrumentId } from "../market/mod.ts";
import { fee, notional, price, quantity } from "../money/mod.ts";
import {
  type ClientOrderId,
  clientOrderId,
  type Fill,
  hashOfJournal,
  type OrderIntent,
  type OrderJournal,
  type OrderState,
  PLAIN_TERMS,
  type RiskApproved,
} from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";

export const BTC = "test:BTC/USDT" as InstrumentId;
const START_MS = Date.UTC(2026, 0, 5) as TimestampMs;

/** An intent: the `n`th entry, of two coins unless stated. */
export function intent(n: number, change: Partial<OrderIntent> = {}): RiskApproved<OrderIntent> {
  const decidedAtMs = START_MS + n * 60_000 as TimestampMs;
  return {
    clientOrderId: clientOrderId("s1", 0, decidedAtMs, "entry", 0),
    ...{ instrument: BTC, book: 0, slot: "entry", decidedAtMs, side: "buy", kind: "limit", quantity: quantity("2") },
    ...{ price: price("65000.01"), limitPrice: null, trail: null, terms: PLAIN_TERMS, reduceOnly: false },
    ...{ sizeAtFill: null, reason: "test", ...change },
  } as RiskApproved<OrderIntent>;
}

/** A fill of an order: a coin at 65,000 unless stated. */
export function fillOf(order: { clientOrderId: ClientOrderId }, tradeId: string, change: Partial<Fill> = {}): Fill {
  return {
    ...{ tradeId, clientOrderId: order.clientOrderId, instrument: BTC, side: "buy" },
    ...{ price: price("65000"), quantity: quantity("1"), fee: fee("65"), feeAsset: "USDT", feeFrom: "cash" },
    ...{ liquidity: "taker", timeMs: START_MS, ...change },
  } as Fill;
}

/** A journal under test: each `lead` is a new holder of the same account, under the next epoch. */
export interface JournalUnderTest {
  lead(): Promise<OrderJournal>;
}

const coded = (code: string) => (error: unknown) => isCodedError(error) && error.code === code;
const refuses = (act: () => unknown, code: string) => assert.rejects(async () => await act(), coded(code));
const stateOf = async (journal: OrderJournal, order: OrderIntent) =>
  (await journal.state()).orders.get(order.clientOrderId);

/** A case of the suite: a sentence and its proof, on a journal without entries. */
export type JournalCase = readonly [title: string, prove: (journal: JournalUnderTest) => Promise<void>];

/** What every journal must do. */
export const journalCases: readonly JournalCase[] = [
  ["an intent is recorded whole, and once however often it is asked (I1, I2)", async ({ lead }) => {
    const journal = await lead(),
      order = intent(1, {
        kind: "trailing-stop",
        slot: "stop",
        trail: {
          kind: "fraction",
          fraction: 0.1,
          activation: { entryPrice: 1.5, profitFraction: 0.1, thenFraction: null, waits: true },
        },
        terms: { ...PLAIN_TERMS, expiresAtMs: START_MS, displayQuantity: quantity("0.5") },
        sizeAtFill: { kind: "units", units: 0.1 },
        oco: "group",
      });
    assert.deepEqual(await journal.record(order), order);
    assert.deepEqual(await journal.record(structuredClone(order)), order);
    const state = await journal.state();
    assert.equal(state.orders.size, 1);
    assert.deepEqual(state.orders.get(order.clientOrderId)?.intent, order);
    assert.equal(state.orders.get(order.clientOrderId)?.state, "recorded");
  }],
  ["another intent under a name that is taken is refused (I2)", async ({ lead }) => {
    const journal = await lead();
    await journal.record(intent(1));
    await refuses(() => journal.record(intent(1, { quantity: quantity("3") })), "intent-differs");
    assert.equal((await stateOf(journal, intent(1)))?.intent.quantity, quantity("2"));
  }],
  ["a holder whose epoch is over records no intent, but what became of its orders (I7)", async ({ lead }) => {
    const old = await lead();
    await old.record(intent(1));
    const next = await lead();
    await refuses(() => old.record(intent(2)), "lease-lost");
    await old.step({ clientOrderId: intent(1).clientOrderId, to: "sending", timeMs: START_MS, reason: "" });
    assert.equal(await old.fill(fillOf(intent(1), "1")), "new");
    await next.record(intent(2));
    const { orders } = await next.state();
    assert.deepEqual([...orders.values()].map(({ state, epoch }) => [state, epoch]), [["sending", 1], ["recorded", 2]]);
  }],
  ["orders only go forward, and a step that is repeated changes nothing (I6)", async ({ lead }) => {
    const journal = await lead(), { clientOrderId } = intent(1);
    const step = (to: OrderState) => journal.step({ clientOrderId, to, timeMs: START_MS, reason: "" });
    await refuses(() => step("sending"), "order-unknown");
    await journal.record(intent(1));
    for (const to of ["sending", "unknown", "open", "partiallyFilled"] as const) {
      assert.equal(await step(to), true);
      assert.equal(await step(to), false);
    }
    await refuses(() => step("sending"), "order-step");
    assert.equal(await step("cancelled"), true);
    await refuses(() => step("filled"), "order-step");
    assert.equal((await stateOf(journal, intent(1)))?.state, "cancelled");
  }],
  ["fills are a set: neither their order nor their repetition matters (I3, I5)", async ({ lead }) => {
    const journal = await lead();
    await journal.record(intent(1));
    const parts = ["0.25", "0.5", "1.25"].map((text, i) => fillOf(intent(1), `${i}`, { quantity: quantity(text) }));
    for (const i of [2, 0, 2, 1, 0]) await journal.fill(parts[i]);
    assert.equal(await journal.fill(parts[1]), "known");
    const state = await journal.state();
    assert.equal(state.fills.size, 3);
    assert.equal(state.orders.get(intent(1).clientOrderId)?.filled, quantity("2"));
    assert.equal(state.positions.get(BTC), quantity("2"));
  }],
  ["a fill after the end, beyond the quantity or of nobody's order is kept and told (fault 22)", async ({ lead }) => {
    const journal = await lead(), { clientOrderId } = intent(1);
    await journal.record(intent(1));
    assert.equal(await journal.fill(fillOf(intent(1), "1")), "new");
    await journal.step({ clientOrderId, to: "sending", timeMs: START_MS, reason: "" });
    await journal.step({ clientOrderId, to: "cancelled", timeMs: START_MS, reason: "by us" });
    assert.equal(await journal.fill(fillOf(intent(1), "2", { quantity: quantity("0.5") })), "late");
    assert.equal(await journal.fill(fillOf(intent(1), "3")), "over");
    assert.equal(await journal.fill(fillOf(intent(7), "4", { side: "sell" })), "foreign");
    const { fills, positions } = await journal.state();
    assert.deepEqual([...fills].map(([id, { verdict }]) => [id, verdict]), [
      ["1", "new"],
      ["2", "late"],
      ["3", "over"],
      ["4", "foreign"],
    ]);
    assert.equal(positions.get(BTC), quantity("1.5"));
  }],
  ["an order that the venue sizes may fill with more than was estimated", async ({ lead }) => {
    const journal = await lead(), order = intent(1, { sizeAtFill: { kind: "equity-fraction", fraction: 1 } });
    await journal.record(order);
    assert.equal(await journal.fill(fillOf(order, "1", { quantity: quantity("2.5") })), "new");
  }],
  ["money is exact to the last digit (I4)", async ({ lead }) => {
    const journal = await lead(), order = intent(1, { quantity: quantity("12345678901234.123456789012") });
    await journal.record(order);
    const wide = fillOf(order, "1", {
      price: price("0.000000000001"),
      quantity: quantity("12345678901234.123456789012"),
      fee: fee("0.000000000000000000000001"),
      feeAsset: "BNB",
      feeFrom: "third",
      feeWorthQuote: notional("99999999999.000000000000000000000001"),
    });
    await journal.fill(wide);
    const state = await journal.state();
    assert.deepEqual(state.fills.get("1")?.fill, wide);
    assert.equal(state.fees.get("BNB"), fee("0.000000000000000000000001"));
  }],
  ["a balance that moved by itself is an entry, once (I4)", async ({ lead }) => {
    const journal = await lead();
    const airdrop = { id: "a1", asset: "USDT", amount: notional("0.1"), reason: "deposit", timeMs: START_MS };
    assert.deepEqual([await journal.adjust(airdrop), await journal.adjust(airdrop)], [true, false]);
    await journal.adjust({ ...airdrop, id: "a2", amount: notional("-0.3") });
    assert.equal((await journal.state()).adjusted.get("USDT"), notional("-0.2"));
  }],
  ["the state is the same for each holder and after any order of fills (I13)", async ({ lead }) => {
    const journal = await lead();
    for (const n of [1, 2, 3]) await journal.record(intent(n));
    for (const [n, id] of [[3, "c"], [1, "a"], [2, "b"]] as const) await journal.fill(fillOf(intent(n), id));
    const before = hashOfJournal(await journal.state());
    assert.equal(hashOfJournal(await (await lead()).state()), before);
    await journal.fill(fillOf(intent(1), "d"));
    assert.notEqual(hashOfJournal(await journal.state()), before);
  }],
];
