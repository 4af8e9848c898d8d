import assert from "node:assert/strict";
import { type Card, card, fired, strike } from "./card.ts";
import { BTC, type Talk } from "./talk.ts";

const orders = ({ desk }: Talk) => desk.exchange.venue.orders;
/** An order that failed, or that has no number: the client knows nothing of it. */
async function isUntold(order: Promise<{ id?: string }>): Promise<void> {
  assert.equal((await order.catch(() => null))?.id, undefined);
}
const far = async (talk: Talk) => Math.floor(await talk.last() * 0.9);

/** An order whose answer is lost in this way, and whether it is there. */
const lost = (id: string, fault: Parameters<typeof strike>[2], isThere: boolean): Card =>
  card(id, `an order whose answer meets "${fault}" is ${isThere ? "" : "not "}there`, async (talk) => {
    strike(talk, "place", fault);
    await isUntold(talk.buy(0.1, "asked"));
    fired(talk, fault);
    assert.equal((await talk.named("asked"))?.filled, isThere ? 0.1 : undefined);
  });

/** Section A: sending an order. */
export const SENDING_CARDS: readonly Card[] = [
  lost("A1", "lost-response", true),
  lost("A2", "lost-request", false),
  card(
    "A3",
    "an order whose answer is lost has filled and is gone from the open ones: history and fills have it",
    async (talk) => {
      strike(talk, "place", "lost-response");
      await isUntold(talk.buy(0.1, "asked"));
      assert.deepEqual(await talk.client.fetchOpenOrders(BTC), []);
      const order = await talk.named("asked"), fills = await talk.allFills();
      assert.deepEqual([order.status, fills.map((own) => own.order)], ["closed", [order.id]]);
    },
  ),
  lost("A4", "unknown-status", true),
  lost("A4 unavailable", "unavailable", false),
  lost("A5", "cut-body", true),
  card("A6", "a rule refuses an order: it is not there", async (talk) => {
    await assert.rejects(talk.raw("0.00001", "30000", "small"));
    assert.equal(orders(talk).length, 0);
  }),
  card("A7", "quantity off the lot and price off the tick are refused", async (talk) => {
    await assert.rejects(talk.raw("0.000001", "30000"));
    await assert.rejects(talk.raw("0.1", "30000.001"));
    assert.equal(orders(talk).length, 0);
  }),
  card(
    "A8",
    "the grid changes while running: an order of the old one is refused, and the list of markets tells the new one",
    async (talk) => {
      const price = await far(talk), before = talk.client.market(BTC).precision.amount;
      strike(talk, "place", "grid-changed");
      await assert.rejects(talk.raw("0.00111", `${price}`));
      fired(talk, "grid-changed");
      await talk.client.loadMarkets(true);
      assert.equal(talk.client.market(BTC).precision.amount / before, 10);
      await talk.raw("0.0011", `${price}`);
      assert.equal(orders(talk).length, 1);
    },
  ),
  card("A9", "more than the balance is refused as that", async (talk) => {
    const price = await far(talk);
    await assert.rejects(
      talk.limit("buy", 10, price),
      (error: Error) => error.constructor.name === "InsufficientFunds",
    );
    assert.equal(orders(talk).length, 0);
  }),
  card("A10", "a name that is taken makes no second order", async (talk) => {
    const price = await far(talk);
    await talk.limit("buy", 0.1, price, "mine");
    await talk.limit("buy", 0.1, price, "mine").catch(() => null);
    assert.equal(orders(talk).length, 1);
  }),
  card("A11 post-only", "post-only that would take is refused", async (talk) => {
    const price = Math.ceil(await talk.last() * 1.01);
    await assert.rejects(talk.client.createOrder(BTC, "limit", "buy", 0.1, price, { postOnly: true }));
    assert.equal(orders(talk).length, 0);
  }),
  card("A11 IOC", "immediate-or-cancel away from the market ends without a fill", async (talk) => {
    const { id } = await talk.client.createOrder(BTC, "limit", "buy", 0.1, await far(talk), { timeInForce: "IOC" });
    const { status, filled } = await talk.client.fetchOrder(id, BTC);
    assert.deepEqual([["canceled", "expired"].includes(status), filled], [true, 0]);
  }),
  card(
    "A12 replace",
    "a replacement is half done: the old order is cancelled, and there is no new one",
    async (talk) => {
      const price = await far(talk), { id } = await talk.limit("buy", 0.1, price);
      strike(talk, "replace", "half-done");
      await assert.rejects(talk.client.editOrder(id, BTC, "limit", "buy", 0.2, price), /partially failed/);
      fired(talk, "half-done");
      assert.deepEqual(orders(talk).map(({ state }) => state), ["cancelled"]);
      const second = await talk.limit("buy", 0.1, price),
        third = await talk.client.editOrder(second.id, BTC, "limit", "buy", 0.2, price);
      assert.deepEqual([orders(talk).map(({ state }) => state), third.amount], [
        ["cancelled", "cancelled", "open"],
        0.2,
      ]);
    },
  ),
  card("A12", "of several cancels each has its own outcome", async (talk) => {
    const price = await far(talk), names = ["one", "two"];
    const ids: string[] = [];
    for (const name of names) ids.push((await talk.limit("buy", 0.1, price, name)).id);
    if (talk.client.has.cancelOrders === true && talk.client.id === "coinbase") {
      strike(talk, "cancel", "half-done");
      await assert.rejects(talk.client.cancelOrders(ids, BTC));
      fired(talk, "half-done");
    } else await talk.client.cancelOrder(ids[0], BTC);
    assert.deepEqual(orders(talk).map(({ state }) => state), ["cancelled", "open"]);
  }),
  card("A13", "a market is halted: no order is taken in, the list says so, and cancels go on", async (talk) => {
    const price = await far(talk), { id } = await talk.limit("buy", 0.1, price);
    strike(talk, "place", "halted");
    await assert.rejects(talk.limit("buy", 0.1, price));
    fired(talk, "halted");
    await talk.client.loadMarkets(true);
    assert.equal(talk.client.market(BTC).active, false);
    await talk.client.cancelOrder(id, BTC);
    assert.deepEqual(orders(talk).map(({ state }) => state), ["cancelled"]);
  }),
  card("A13 delisted", "a market ends: what rests there has expired", async (talk) => {
    const price = await far(talk), { id } = await talk.limit("buy", 0.1, price);
    strike(talk, "place", "delisted");
    await assert.rejects(talk.limit("buy", 0.1, price));
    fired(talk, "delisted");
    assert.ok(["expired", "canceled"].includes((await talk.client.fetchOrder(id, BTC)).status));
  }),
  card("A14", "the same order at once, twice: one is there", async (talk) => {
    const price = await far(talk);
    await Promise.all([1, 2].map(() => talk.limit("buy", 0.1, price, "mine").catch(() => null)));
    assert.equal(orders(talk).length, 1);
  }),
  card("A15", "orders beyond the limit of requests are refused and make none", async (talk) => {
    const price = await far(talk);
    await Promise.all(
      Array.from({ length: 80 }, (_, i) => talk.limit("buy", 0.001, price, `n-${i}`).catch(() => null)),
    );
    assert.ok(talk.desk.exchange.limit.violations > 0);
    assert.ok(orders(talk).length < 80);
  }, { limit: { weightPerWindow: 70, banAfter: 1_000 } }),
  ...["NaN", "0", "-1"].map((price) =>
    card(`A16 price ${price}`, `a price of ${price} is refused`, async (talk) => {
      await assert.rejects(talk.raw("0.1", price));
      assert.equal(orders(talk).length, 0);
    })
  ),
  ...["NaN", "0", "-1", "1e30"].map((quantity) =>
    card(`A16 ${quantity}`, `a quantity of ${quantity} is refused`, async (talk) => {
      await assert.rejects(talk.raw(quantity, "30000"));
      assert.equal(orders(talk).length, 0);
    })
  ),
];
