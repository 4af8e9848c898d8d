import assert from "node:assert/strict";
import { type Card, card, fired, strike, until, within } from "./card.ts";
import { BTC, type Talk } from "./talk.ts";

const far = async (talk: Talk) => Math.floor(await talk.last() * 0.9);
const newest = (talk: Talk) => talk.desk.exchange.venue.orders.at(-1)!;

/** Listens to the account's orders, buys, and gives what was told of the order. */
async function heard(talk: Talk, work: () => Promise<unknown>): Promise<void> {
  const { client } = talk;
  client.watchOrders(BTC).catch(() => {});
  await until(() => talk.desk.exchange.venue.listeners.size > 0);
  await work();
}
const trades = (talk: Talk) => talk.frames.filter((own) => talk.isTrade(own));

/** Section B: fills, cancels, balances. */
export const ACCOUNT_CARDS: readonly Card[] = [
  card("B17", "a fill is told twice, and happened once", async (talk) => {
    await heard(talk, async () => {
      talk.desk.exchange.faults.plan({ shares: { "duplicate-event": 1 } });
      await talk.buy(0.01, "asked");
    });
    await until(() => trades(talk).length >= 2);
    assert.ok(talk.desk.exchange.faults.fired.get("duplicate-event")! >= 1);
    assert.equal((await talk.allFills()).length, 1);
  }),
  card("B18", "news comes late, after the answer and after a query", async (talk) => {
    await heard(talk, async () => {
      talk.desk.exchange.faults.plan({ shares: { "late-event": 1 } });
      await talk.buy(0.01, "asked");
    });
    assert.equal((await talk.named("asked")).filled, 0.01);
    assert.equal(trades(talk).length, 0);
    await until(() => trades(talk).length === 1);
  }),
  card("B18 order", "the balance after a fill is told before the fill", async (talk) => {
    await heard(talk, async () => {
      talk.desk.exchange.faults.plan({ shares: { "disordered-event": 1 } });
      await talk.buy(0.01, "asked");
    });
    await until(() => trades(talk).length === 1);
    const kinds = talk.frames.map((own) => (own as { event?: { e: string } }).event?.e);
    assert.deepEqual(kinds.filter(Boolean).slice(0, 2), ["outboundAccountPosition", "executionReport"]);
  }),
  card("B18 before", "a fill is told before the order's own answer", async (talk) => {
    let told = 0;
    await heard(talk, async () => {
      strike(talk, "place", "half-open");
      const order = talk.buy(0.01, "asked").catch(() => null);
      await until(() => trades(talk).length > 0);
      told = trades(talk).length;
      talk.desk.exchange.faults.plan({});
      await order;
    });
    assert.equal(told, 1);
  }),
  card("B19", "a cancel's answer states another amount than the fills, which are right", async (talk) => {
    const { id } = await talk.limit("buy", 0.1, await far(talk));
    strike(talk, "cancel", "cancel-misstates");
    const answer = await talk.client.cancelOrder(id, BTC);
    fired(talk, "cancel-misstates");
    assert.deepEqual([answer.filled, (await talk.allFills()).map((own) => own.amount)], [0, [0.05]]);
    assert.equal((await talk.client.fetchOrder(id, BTC)).filled, 0.05);
  }),
  card(
    "B19 part",
    "an order is cancelled after a part was filled: fills and order agree, the rest is free again",
    async (talk) => {
      const price = await far(talk), { id } = await talk.limit("buy", 0.1, price), order = newest(talk);
      talk.desk.exchange.venue.trade(order, order.quantity / 4n as typeof order.quantity);
      await talk.client.cancelOrder(id, BTC);
      const { status, filled } = await talk.client.fetchOrder(id, BTC);
      assert.deepEqual([status, filled, (await talk.allFills()).map((own) => own.amount)], ["canceled", 0.025, [
        0.025,
      ]]);
      assert.equal(talk.desk.exchange.venue.balances().find(({ asset }) => asset === "USDT")!.locked, "0");
    },
  ),
  card("B20", "a cancel meets a fill: it is refused, and the order has filled", async (talk) => {
    const { id } = await talk.limit("buy", 0.1, await far(talk));
    strike(talk, "cancel", "cancel-meets-fill");
    await assert.rejects(talk.client.cancelOrder(id, BTC));
    fired(talk, "cancel-meets-fill");
    assert.deepEqual([(await talk.client.fetchOrder(id, BTC)).status, (await talk.allFills()).length], ["closed", 1]);
  }),
  card("B21", "a cancel's answer is lost, and it was done", async (talk) => {
    const { id } = await talk.limit("buy", 0.1, await far(talk));
    strike(talk, "cancel", "lost-response");
    await assert.rejects(talk.client.cancelOrder(id, BTC));
    assert.equal((await talk.client.fetchOrder(id, BTC)).status, "canceled");
  }),
  card("B21 undone", "a cancel is lost, and it was not done", async (talk) => {
    const { id } = await talk.limit("buy", 0.1, await far(talk));
    strike(talk, "cancel", "lost-request");
    await assert.rejects(talk.client.cancelOrder(id, BTC));
    assert.equal((await talk.client.fetchOrder(id, BTC)).status, "open");
  }),
  card("B21 silent", "no answer to a cancel ever comes, and it was done", async (talk) => {
    const { id } = await talk.limit("buy", 0.1, await far(talk));
    strike(talk, "cancel", "half-open");
    await assert.rejects(talk.client.cancelOrder(id, BTC));
    assert.equal((await talk.client.fetchOrder(id, BTC)).status, "canceled");
  }),
  card("B22", "a fill comes after the order has ended", async (talk) => {
    const { id } = await talk.limit("buy", 0.1, await far(talk));
    strike(talk, "cancel", "fill-after-end");
    await talk.client.cancelOrder(id, BTC);
    fired(talk, "fill-after-end");
    const { status, filled } = await talk.client.fetchOrder(id, BTC);
    assert.deepEqual([status, filled, (await talk.allFills()).length], ["canceled", 0.00001, 1]);
  }),
  card("B22 more", "more is filled than was asked for", async (talk) => {
    const { id } = await talk.limit("buy", 0.1, await far(talk));
    strike(talk, "order", "overfill");
    await talk.client.fetchOrder(id, BTC);
    fired(talk, "overfill");
    assert.deepEqual((await talk.allFills()).map((own) => own.amount), [0.10001]);
  }),
  card("B23 elsewhere", "a fee is taken in a third asset", async (talk) => {
    strike(talk, "place", "fee-elsewhere");
    await talk.buy(0.1);
    const [{ fee }] = await talk.allFills() as [{ fee: { currency: string; cost: number } }];
    assert.equal(fee.currency, "BNB");
    assert.ok(Math.abs(await talk.total("BNB") - (10 - fee.cost)) < 1e-9);
    assert.equal(await talk.total("BTC"), 0.1);
  }),
  card("B23", "a fee is not told at first", async (talk) => {
    await talk.buy(0.1);
    strike(talk, "fills", "fee-missing");
    const [first] = await talk.client.fetchMyTrades(BTC), [later] = await talk.client.fetchMyTrades(BTC);
    assert.deepEqual([first.id, first.fee?.cost ?? null], [later.id, null]);
    assert.ok(later.fee.cost > 0);
  }),
  card("B23 revised", "a fee is revised, and the balance with it", async (talk) => {
    await talk.buy(0.1);
    const [before] = await talk.client.fetchMyTrades(BTC), had = await talk.total(before.fee.currency);
    strike(talk, "fills", "fee-revised");
    const [after] = await talk.client.fetchMyTrades(BTC);
    assert.equal(after.fee.cost, 2 * before.fee.cost);
    assert.ok(Math.abs(had - await talk.total(before.fee.currency) - before.fee.cost) < 1e-9);
  }),
  card("B24", "a fill is never told, and the list of fills has it", async (talk) => {
    await heard(talk, async () => {
      talk.desk.exchange.faults.plan({ shares: { "lost-event": 1 } });
      await talk.buy(0.01, "asked");
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.deepEqual([trades(talk).length, (await talk.allFills()).length], [0, 1]);
  }),
  card("B25", "a page of fills is cut short: paging until nothing new comes has all", async (talk) => {
    for (let i = 0; i < 8; i++) await talk.buy(0.01);
    talk.desk.exchange.faults.plan({ shares: { "short-page": 1 } });
    assert.equal((await talk.client.fetchMyTrades(BTC)).length, 3);
    assert.equal((await talk.allFills()).length, 8);
  }),
  card("B26", "an order from elsewhere is among the open ones", async (talk) => {
    strike(talk, "open-orders", "foreign-order");
    const [order] = await talk.client.fetchOpenOrders(BTC);
    fired(talk, "foreign-order");
    assert.match(order.clientOrderId, /^by-hand/);
  }),
  ...([["deposit", 250], ["withdrawal", -250], ["dust", -1e-8]] as const).map(([fault, change]) =>
    card(fault === "deposit" ? "B27" : `B27 ${fault}`, `a balance moves without a trade: ${fault}`, async (talk) => {
      const before = await talk.total("USDT");
      strike(talk, "balances", fault);
      assert.ok(Math.abs(await talk.total("USDT") - before - change) < 1e-9);
      assert.deepEqual(await talk.allFills(), []);
    })
  ),
  card("B27 news", "what comes to the account is told", async (talk) => {
    const told = talk.client.watchBalance();
    await until(() => talk.desk.exchange.venue.listeners.size > 0);
    talk.desk.exchange.venue.transfer("USDT", "250");
    await within(told);
  }),
  card("B28", "a query tells of an order what was true before its last change", async (talk) => {
    const { id } = await talk.limit("buy", 0.1, await far(talk));
    await talk.client.cancelOrder(id, BTC);
    strike(talk, "order", "stale-snapshot");
    assert.equal((await talk.client.fetchOrder(id, BTC)).status, "open");
    fired(talk, "stale-snapshot");
    assert.equal((await talk.client.fetchOrder(id, BTC)).status, "canceled");
  }),
  card("B28 absent", "a query does not know of a new order yet", async (talk) => {
    const { id } = await talk.limit("buy", 0.1, await far(talk));
    strike(talk, "order", "stale-snapshot");
    await assert.rejects(talk.client.fetchOrder(id, BTC));
    assert.equal((await talk.client.fetchOrder(id, BTC)).status, "open");
  }),
  card("B28 balances", "balances are older than the last fill", async (talk) => {
    await talk.buy(0.1);
    strike(talk, "balances", "stale-snapshot");
    assert.equal(await talk.total("BTC"), 0);
    assert.ok(await talk.total("BTC") > 0);
  }),
  card("B28 fills", "the list of fills lacks the last one", async (talk) => {
    await talk.buy(0.1);
    strike(talk, "fills", "stale-snapshot");
    assert.deepEqual(await talk.client.fetchMyTrades(BTC), []);
    assert.equal((await talk.client.fetchMyTrades(BTC)).length, 1);
  }),
  card("B29", "a trade is taken back: fill, order and balances are as without it", async (talk) => {
    const { id } = await talk.buy(0.1);
    assert.equal((await talk.allFills()).length, 1);
    strike(talk, "fills", "bust");
    assert.deepEqual(await talk.client.fetchMyTrades(BTC), []);
    fired(talk, "bust");
    assert.equal((await talk.client.fetchOrder(id, BTC)).filled, 0);
    assert.deepEqual([await talk.total("USDT"), await talk.total("BTC")], [100_000, 0]);
  }),
  card("B30", "a stop vanishes without news", async (talk) => {
    await talk.buy(0.2);
    await talk.stop(0.1, Math.floor(await talk.last() * 0.95));
    assert.equal((await talk.client.fetchOpenOrders(BTC)).length, 1);
    strike(talk, "open-orders", "vanished-stop");
    assert.deepEqual(await talk.client.fetchOpenOrders(BTC), []);
    fired(talk, "vanished-stop");
  }),
  card("B30 both", "stop and target both fill", async (talk) => {
    await talk.buy(0.2);
    const last = await talk.last();
    await talk.stop(0.08, Math.floor(last * 0.95));
    await talk.limit("sell", 0.08, Math.ceil(last * 1.05));
    strike(talk, "open-orders", "both-fill");
    assert.deepEqual(await talk.client.fetchOpenOrders(BTC), []);
    assert.deepEqual((await talk.allFills()).filter(({ side }) => side === "sell").map((own) => own.amount), [
      0.08,
      0.08,
    ]);
  }),
];
