// The acts of a watchdog against a venue that fills, refuses, lags and forgets as it likes.
import assert from "node:assert/strict";
import fc from "fast-check";
import { notional, type Quantity, quantity, ZERO_QUANTITY } from "../../money/mod.ts";
import { type ClientOrderId, guardOrderId } from "../../orders/mod.ts";
import { intent } from "../../testing/journal_suite.ts";
import type { TimestampMs } from "../../time/mod.ts";
import { type FlattenSight, MOST_SALES, nextAct, type SentOrder, type ToldOrder } from "./flatten.ts";
import { type GuardedPosition, heldBy, isNaked } from "./guarded_position.ts";

const AT_MS = 1_000 as TimestampMs, STOP = "s1-0-a-s1", ENTRY = "s1-0-a-e0";
const q = quantity, less = (a: Quantity, b: Quantity) => (a - b) as Quantity;

/** Two coins at 100 with their stop; half a coin lies beside them. */
const POSITION: GuardedPosition = {
  ...{
    book: 0,
    instrument: 0,
    symbol: "BTC/USDT",
    lot: quantity("0.001"),
    minNotional: notional("5"),
    held: q("2"),
    wantsStop: true,
    beside: q("0.5"),
    mark: 100,
  },
  orders: [{ name: STOP as ClientOrderId, slot: "stop", filled: ZERO_QUANTITY }],
  close: intent(0, { clientOrderId: guardOrderId("s12", 0, AT_MS, 0), slot: "close", side: "sell", quantity: q("2") }),
};
const SIGHT: FlattenSight = {
  ...{ free: q("2.5"), total: q("2.5"), soldBeside: ZERO_QUANTITY },
  orders: new Map([[STOP, { filled: ZERO_QUANTITY, isOpen: false }]]),
};
const act = (
  position: Partial<GuardedPosition>,
  sight: Partial<FlattenSight>,
  sent: readonly SentOrder[] = [],
  vainLooks = 0,
  lost: readonly string[] = [],
  before = 0,
) => nextAct({ ...POSITION, ...position }, { sent, before, lost, vainLooks }, { ...SIGHT, ...sight });
const sold = (size: string, filled: string, state: SentOrder["state"] = "ended"): SentOrder => ({
  ...{ name: POSITION.close.clientOrderId, quantity: q(size), filled: q(filled), state },
});
const told = (...orders: [string, string, boolean][]): ReadonlyMap<string, ToldOrder> =>
  new Map(orders.map(([name, filled, isOpen]) => [name, { filled: q(filled), isOpen }]));

Deno.test("what opens is taken back first, then the stop, then what is free is sold", () => {
  const orders = told([STOP, "0", true], [ENTRY, "0", true]);
  assert.deepEqual(act({}, { orders, free: q("0.5") }), { kind: "cancel", names: [ENTRY] });
  assert.deepEqual(act({}, { orders: told([STOP, "0", true]), free: q("0.5") }), { kind: "cancel", names: [STOP] });
  assert.deepEqual(act({}, {}), { kind: "sell", quantity: q("2") });
  assert.deepEqual(act({}, { total: q("0.5"), free: q("0.5") }, [sold("2", "2")]), { kind: "flat" });
});

Deno.test("while nobody knows what became of an order, nothing else is done", () => {
  const orders = told([STOP, "0", true]);
  assert.deepEqual(act({}, { orders }, [sold("2", "0", "unknown")]), {
    kind: "settle",
    name: POSITION.close.clientOrderId,
  });
});

Deno.test("no more is sold than is held by now, than was approved, than is free, or than is the session's own", () => {
  const sale = (position: Partial<GuardedPosition>, sight: Partial<FlattenSight>, sent: readonly SentOrder[] = []) => {
    const next = act(position, sight, sent);
    return next.kind === "sell" ? next.quantity : next.kind;
  };
  assert.equal(sale({}, { orders: told([STOP, "1.5", false]) }), q("0.5"), "its stop has traded meanwhile");
  assert.equal(sale({}, { total: q("1.5"), free: q("1.5") }), q("1"), "what lies beside is not sold");
  assert.equal(sale({}, { free: q("0.25") }), q("0.25"));
  assert.equal(sale({}, { free: q("1.2345") }), q("1.234"), "whole lots");
  assert.equal(sale({}, {}, [sold("2", "0.75")]), q("1.25"));
  assert.equal(
    sale({ beside: q("1.5") }, { total: q("2.5"), soldBeside: q("1") }),
    q("2"),
    "another book has sold its own",
  );
  const entered = { orders: told([STOP, "0", false], [ENTRY, "3", false]), total: q("5.5"), free: q("5.5") };
  assert.equal(sale({}, entered), q("2"), "an entry brought more than was approved");
  assert.equal(sale({ close: { ...POSITION.close, quantity: q("5") } }, entered), q("5"));
});

Deno.test("a balance that says less than the orders ends nothing and takes nothing back, and a person is told in time", () => {
  const short = { total: q("0.5"), free: q("0.5") }, orders = told([STOP, "0", true]);
  assert.deepEqual(act({}, { ...short, orders }), { kind: "wait" });
  assert.equal(act({}, { ...short, orders }, [], 60).kind, "stuck");
  assert.deepEqual(act({}, { ...short, orders: told([STOP, "2", false]) }), { kind: "flat" }, "the stop has filled");
  assert.deepEqual(act({}, { ...short, orders: told([STOP, "0", true], [ENTRY, "0", true]) }), {
    kind: "cancel",
    names: [ENTRY],
  });
  const fee = [sold("1.99", "1.99")],
    close = { ...POSITION.close, quantity: q("9") },
    rest = { minNotional: notional("0") };
  assert.deepEqual(act({ ...rest, close }, short, fee), { kind: "flat" }, "fees have come out of what was sold");
  assert.deepEqual(act({ ...rest, close }, { total: q("0.51"), free: q("0.51") }, fee), {
    kind: "sell",
    quantity: q("0.01"),
  });
});

Deno.test("with a sale in quarantine another one goes out, where nothing lies beside the position", () => {
  const lost = [POSITION.close.clientOrderId],
    sent = [sold("2", "0", "unknown")],
    alone = { total: q("2"), free: q("2") };
  assert.equal(act({}, alone, sent).kind, "settle");
  assert.deepEqual(act({ beside: ZERO_QUANTITY }, alone, sent, 0, lost), { kind: "sell", quantity: q("2") });
  assert.equal(act({}, {}, sent, 0, lost).kind, "stuck");
  assert.equal(act({}, { soldBeside: q("0.5") }, sent, 0, lost).kind, "sell", "another book has sold what lay beside");
  assert.equal(act({ beside: ZERO_QUANTITY }, alone, sent, 0, [...lost, "b", "c"]).kind, "stuck");
});

Deno.test("dust is left, a bound balance is waited for, and what does not end is told to a person", () => {
  assert.deepEqual(act({ held: q("0.0009") }, {}), { kind: "flat" });
  assert.deepEqual(act({ held: q("0.049") }, {}), { kind: "flat" }, "less than the smallest order");
  assert.deepEqual(act({}, { free: ZERO_QUANTITY }), { kind: "wait" });
  assert.equal(act({}, { free: ZERO_QUANTITY }, [], 60).kind, "stuck");
  const refused = Array.from({ length: MOST_SALES }, () => sold("2", "0"));
  assert.equal(act({}, {}, refused).kind, "stuck");
  assert.equal(act({}, {}, refused, 0, [], MOST_SALES).kind, "sell", "the next attempt has its own");
  // 0.01 were bought for a fee of 0.00001 in the base asset: what is left is less than a lot, and no fault.
  const fees = { held: ZERO_QUANTITY, beside: ZERO_QUANTITY, minNotional: notional("0") };
  const bought = { orders: told([ENTRY, "0.01", false]), total: q("0.00099"), free: q("0.00099") };
  assert.deepEqual(act(fees, bought, [sold("0.009", "0.009")]), { kind: "flat" });
  const more = { orders: told([ENTRY, "3", false]), total: q("5.5"), free: q("5.5") };
  assert.equal(act({}, more, [sold("2", "2")]).kind, "stuck", "more is held than was approved");
});

Deno.test("on any venue it ends, sells nothing that is not its own, and never has two orders of which one is unknown", () => {
  const draw = fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), luck: fc.nat(9) });
  fc.assert(fc.property(fc.array(draw, { minLength: 200, maxLength: 200 }), (draws) => {
    let total = q("2.5"), isStopOpen = true, stopFilled = ZERO_QUANTITY, step = 0;
    let before = { free: q("0.5"), total };
    const sent: SentOrder[] = [], atVenue = new Map<string, Quantity>();
    for (; step < draws.length; step++) {
      const { share, luck } = draws[step]!;
      const locked = isStopOpen ? less(q("2"), stopFilled) : ZERO_QUANTITY;
      const free = luck === 0 ? ZERO_QUANTITY : less(total, locked < total ? locked : total);
      const orders = new Map([[STOP, { filled: stopFilled, isOpen: isStopOpen }]]);
      // The balance may be the one of the look before.
      const balance = { free, total };
      const seen = luck === 8 ? before : balance;
      before = balance;
      const next = nextAct(POSITION, { sent, before: 0, lost: [], vainLooks: 0 }, { ...SIGHT, ...seen, orders });
      if (next.kind === "flat" || next.kind === "stuck") break;
      if (next.kind === "settle") {
        const i = sent.findIndex(({ name }) => name === next.name);
        if (luck > 3) sent[i] = { ...sent[i]!, state: "ended", filled: atVenue.get(next.name) ?? ZERO_QUANTITY };
      } else if (next.kind === "cancel") {
        // It may trade in part before it is gone.
        if (luck < 3) {
          const part = q((Math.floor(share * 2_000) / 1_000).toFixed(3));
          [stopFilled, total] = [part, less(total, part)];
        }
        isStopOpen = luck === 4;
        if (stopFilled === q("2")) isStopOpen = false;
      } else if (next.kind === "sell") {
        assert.ok(sent.every(({ state }) => state === "ended"));
        const name = guardOrderId("s12", 0, AT_MS, sent.length), size = Number(next.quantity) / 1e12;
        const part = luck < 2
          ? ZERO_QUANTITY
          : q((luck < 5 ? Math.floor(share * size * 1_000) / 1_000 : size).toFixed(3));
        atVenue.set(name, part);
        total = less(total, part);
        sent.push({
          name,
          quantity: next.quantity,
          filled: luck === 6 ? ZERO_QUANTITY : part,
          state: luck === 6 ? "unknown" : "ended",
        });
      }
      assert.ok(total >= q("0.5"), "what lies beside stays");
    }
    assert.ok(step < draws.length, "it ends");
    assert.ok(sent.length <= MOST_SALES);
    if (sent.length < MOST_SALES) assert.ok(total < q("0.55"), "nothing is left that can be sold");
  }));
});

Deno.test("a position is naked by its own terms only, and for more than the smallest order", () => {
  const stop = (size: string, filled = "0", name = STOP) => [{ name, quantity: q(size), filled: q(filled) }];
  const is = (resting: ReturnType<typeof stop>, own: Partial<GuardedPosition> = {}) =>
    isNaked({ ...POSITION, ...own }, resting);
  assert.equal(is([]), true);
  assert.equal(is([], { wantsStop: false }), false, "a strategy without stops is not naked by mistake");
  assert.equal(is(stop("2")), false);
  assert.equal(is(stop("2", "1")), true, "what has traded covers nothing any more");
  assert.equal(is(stop("2", "0", "s1-1-a-s1")), true, "another book's");
  assert.equal(is(stop("2", "0", "s1-0-a-t1")), true, "a target is no protection");
  assert.equal(is(stop("1.96")), false, "less than the smallest order cannot be protected");
});

Deno.test("what is held while nobody leads is what the account has for it, and no more than was approved", () => {
  assert.equal(heldBy(q("2.5"), ZERO_QUANTITY, POSITION), q("2"));
  assert.equal(heldBy(q("1.5"), ZERO_QUANTITY, POSITION), q("1"), "its stop has filled in part");
  assert.equal(heldBy(q("0.5"), ZERO_QUANTITY, POSITION), ZERO_QUANTITY);
  assert.equal(heldBy(q("0.4"), ZERO_QUANTITY, POSITION), ZERO_QUANTITY, "somebody has taken of what lies beside");
  assert.equal(heldBy(q("2.5"), ZERO_QUANTITY, { ...POSITION, held: ZERO_QUANTITY }), q("2"), "an entry has filled");
  assert.equal(heldBy(q("9"), ZERO_QUANTITY, POSITION), q("2"));
});
