import assert from "node:assert/strict";
import type { Exchange } from "../../exchanges/mod.ts";
import { type Quantity, quantity, ZERO_QUANTITY } from "../../money/mod.ts";
import { isGuardOrder } from "../../orders/mod.ts";
import { held, HELD_MARKET, watching } from "../../testing/held_position.ts";
import {
  BEGIN_MS,
  done,
  MemorySpool,
  refused,
  unanswered,
  untilDone,
  WatchedAccount,
} from "../../testing/watched_account.ts";
import { DEFAULT_TIMING, type VenueTiming } from "../../trader/mod.ts";
import { isOfSession } from "../session_tag.ts";
import { WorldClock } from "../world/world_clock.ts";
import { Closing, type ClosingEnd } from "./closing.ts";
import { type GuardedPosition, guardedPositions } from "./guarded_position.ts";

/** Closes a position of a session at an account, and says for how long it has tried. */
async function closed(
  position: GuardedPosition,
  exchange: Partial<Exchange>,
  { beside = [position], timing = DEFAULT_TIMING, spool = new MemorySpool(), hindrance = () => null }: {
    beside?: readonly GuardedPosition[];
    timing?: VenueTiming;
    spool?: MemorySpool;
    hindrance?: () => string | null;
  } = {},
): Promise<{ end: ClosingEnd; tookMs: number }> {
  const scheduler = new WorldClock(BEGIN_MS);
  const closing = new Closing({
    ...{ exchange: exchange as Exchange, market: HELD_MARKET, session: "t1", epoch: 2, spool: spool.asFile(), timing },
    ...{ scheduler, real: scheduler, hindrance, say: () => {}, beside },
    isOurs: (id): id is GuardedPosition["close"]["clientOrderId"] => isOfSession(id, "t1"),
  }, position);
  return { end: await untilDone(scheduler, closing.run()), tookMs: scheduler.now() - BEGIN_MS };
}

/** Five coins with their stop, at an account that has them. */
function stopped() {
  const { trader, sent, accept } = held(), stop = sent("stop")!, account = new WatchedAccount("BTC", "5");
  accept(stop.clientOrderId, stop.quantity);
  trader.state.epoch = 1;
  account.rest(stop.clientOrderId, "5");
  return { account, stop: stop.clientOrderId, position: guardedPositions(trader, 2, BEGIN_MS)[0]! };
}

Deno.test("a watchdog that acts alone leaves its place to whoever has sent orders under the epoch that it would take", async () => {
  const { account, position } = stopped();
  account.rest("t12-0-abc-s0", "5");
  const { end } = await closed(position, account.exchange());
  assert.equal(end.kind, "hindered");
  assert.match(end.kind === "hindered" ? end.reason : "", /another process leads/);
  assert.deepEqual(account.acts, []);
});

Deno.test("a position is closed: its stop is taken back, and what is free is sold", async () => {
  const { account, stop, position } = stopped(), { end } = await closed(position, account.exchange());
  assert.equal(end.kind, "flat");
  assert.deepEqual(account.acts, [`cancel ${stop}`, "sell 5"]);
});

Deno.test("what a leader has put there is not taken back by a watchdog whose lease ends while it looks", async () => {
  const { account, position } = stopped();
  let reason: string | null = null;
  const balances = () => {
    reason = "another process leads";
    return done(account.balances());
  };
  const { end } = await closed(position, account.exchange({ balances }), { hindrance: () => reason });
  assert.deepEqual([end.kind, account.acts], ["hindered", []]);
});

Deno.test("sales that the venue refuses for a while use up one attempt, and not the next", async () => {
  const { account, stop, position } = stopped(), spool = new MemorySpool(), open = account.exchange();
  const { end } = await closed(position, account.exchange({ submit: () => refused("unavailable") }), { spool });
  assert.equal(end.kind, "stuck");
  assert.deepEqual(account.acts, [`cancel ${stop}`]);
  assert.equal((await closed(position, open, { spool })).end.kind, "flat");
  assert.equal(account.total, ZERO_QUANTITY);
});

Deno.test("an order whose end the venue does not say is asked for again", async () => {
  const { account, stop, position } = stopped();
  let isUntold = false;
  const exchange = account.exchange({
    order: async (...asked) => {
      const answer = await account.exchange().order(...asked);
      if (asked[1] !== stop || isUntold || answer.kind !== "done") return answer;
      isUntold = true;
      return done({ ...answer.value, status: null, filled: null });
    },
  });
  account.fill(stop, "2");
  account.lose(stop);
  assert.equal((await closed(position, exchange)).end.kind, "flat");
  assert.deepEqual(account.acts, ["sell 3"]);
});

Deno.test("a balance that lags or says nothing at all makes no position flat, and takes no stop back", async () => {
  for (const early of [[], [{ asset: "USDT", free: "1000", used: "0", total: "1000" }]]) {
    const { account, stop, position } = stopped();
    let looks = 0;
    const balances = () => {
      if (++looks > 3) return done(account.balances());
      assert.deepEqual(account.acts, []);
      return done(early);
    };
    const { end } = await closed(position, account.exchange({ balances }));
    assert.equal(end.kind, "flat");
    assert.deepEqual(account.acts, [`cancel ${stop}`, "sell 5"]);
  }
});

Deno.test("an entry that fills while it is taken back is sold, though the balance lags behind", async () => {
  const own = watching();
  own.ask({
    ...{ kind: "enter", side: "buy", at: null, sizing: { kind: "units", units: 5 }, stop: null, target: null },
    reason: "enter",
  });
  const { clientOrderId: entry } = own.sent("entry")!, account = new WatchedAccount("BTC", "0");
  account.rest(entry, "5", "buy");
  const early = account.balances();
  let looks = 0;
  const exchange = account.exchange({
    cancel: () => {
      account.fill(entry);
      return refused("order-not-found");
    },
    balances: () => done(++looks < 4 ? early : account.balances()),
  });
  const { end } = await closed(guardedPositions(own.trader, 2, BEGIN_MS)[0]!, exchange);
  assert.equal(end.kind, "flat");
  assert.deepEqual(account.acts, ["sell 5"]);
});

Deno.test("where the account lacks what the orders say is held, a person is told, and the stop stays", async () => {
  const { account, stop, position } = stopped();
  account.total = ZERO_QUANTITY;
  const { end, tookMs } = await closed(position, account.exchange());
  assert.match(end.kind === "stuck" ? end.reason : end.kind, /the account has less than its orders say is held/);
  assert.ok(tookMs > 5_000 && tookMs < 60_000, `${tookMs}`);
  assert.deepEqual([account.acts, account.resting], [[], [stop]]);
});

Deno.test("fees that came out of what was sold are not missed", async () => {
  const { account, position } = stopped();
  account.total = quantity("4.99");
  assert.equal((await closed({ ...position, minNotional: 0n as never }, account.exchange())).end.kind, "flat");
  assert.equal(account.acts.at(-1), "sell 4.99");
});

Deno.test("a stop that cannot be taken back is tried for a while, once a second, and told to a person then", async () => {
  const { account, position } = stopped();
  let tries = 0;
  const exchange = account.exchange({
    cancel: () => {
      tries++;
      return refused("market-closed");
    },
  });
  const { end, tookMs } = await closed(position, exchange);
  assert.match(end.kind === "stuck" ? end.reason : end.kind, /cannot be taken back: market-closed/);
  assert.ok(tookMs > 60_000 && tookMs < 90_000, `${tookMs}`);
  assert.ok(tries <= tookMs / 1_000 + 1, `${tries}`);
});

Deno.test("a venue that answers nothing is told of after some minutes, and asked ever more rarely until then", async () => {
  const { account, position } = stopped();
  const { end, tookMs } = await closed(position, account.exchange({ openOrders: () => unanswered() }));
  assert.equal(end.kind, "unanswered");
  assert.ok(tookMs > 60_000 && tookMs < 180_000, `${tookMs}`);
});

Deno.test("a sale that the venue keeps open, or does not tell of, is told to a person after a while", async () => {
  for (const silent of [true, false]) {
    const { account, position } = stopped(), ours = account.exchange();
    const exchange = account.exchange({
      submit: ({ clientOrderId, quantity: size }) => {
        account.rest(clientOrderId, size);
        return unanswered();
      },
      order: (symbol, name) => silent && isGuardOrder(name) ? unanswered() : ours.order(symbol, name),
    });
    const { end, tookMs } = await closed(position, exchange);
    assert.match(end.kind === "stuck" ? end.reason : end.kind, /nobody knows what became of/);
    assert.ok(tookMs > 60_000 && tookMs < 90_000, `${tookMs}`);
  }
});

const NO_EXPIRY = { ...DEFAULT_TIMING, requestExpiryMs: 0 };

/** A venue at which sales are lost on their way, the first so many; with what reached it. */
function losing(account: WatchedAccount, lost: number): Exchange {
  const ours = account.exchange();
  return account.exchange({
    submit: (request, lastLook) => {
      if (lost-- <= 0) return ours.submit(request, lastLook);
      account.acts.push("lost");
      return unanswered();
    },
  }) as Exchange;
}

Deno.test("at a venue whose requests never expire another sale goes out after the quarantine, three at most", async () => {
  const once = stopped(), { end, tookMs } = await closed(once.position, losing(once.account, 1), { timing: NO_EXPIRY });
  assert.equal(end.kind, "flat");
  assert.deepEqual(once.account.acts, [`cancel ${once.stop}`, "lost", "sell 5"]);
  assert.ok(tookMs >= DEFAULT_TIMING.quarantineMs, `${tookMs}`);

  const never = stopped(), told = await closed(never.position, losing(never.account, 9), { timing: NO_EXPIRY });
  assert.match(told.end.kind === "stuck" ? told.end.reason : told.end.kind, /3 orders .* nobody knows/);
  assert.deepEqual(never.account.acts.slice(1), ["lost", "lost", "lost"]);
});

Deno.test("no second sale goes out after the quarantine where it could sell what is not the position's", async () => {
  const { account, position } = stopped();
  account.total = quantity("6");
  const beside = { ...position, beside: quantity("1") };
  const { end } = await closed(beside, losing(account, 9), { timing: NO_EXPIRY });
  assert.match(end.kind === "stuck" ? end.reason : end.kind, /nobody knows what became of/);
  assert.deepEqual(account.acts.slice(1), ["lost"]);
});

Deno.test("a sale that arrives after its quarantine counts, and is taken back where it rests", async () => {
  for (const size of ["2", "5"]) {
    const { account, stop, position } = stopped(), ours = account.exchange(), spool = new MemorySpool();
    const asked: string[] = [];
    const exchange = account.exchange({
      submit: (request, lastLook) => {
        asked.push(request.clientOrderId);
        if (asked.length === 1) return unanswered();
        if (asked.length > 2) return ours.submit(request, lastLook);
        account.rest(asked[0]!, size);
        account.fill(asked[0]!, "2");
        return refused("insufficient-balance");
      },
    });
    const { end } = await closed(position, exchange, { timing: NO_EXPIRY, spool });
    assert.equal(end.kind, "flat");
    assert.deepEqual(account.acts, [`cancel ${stop}`, ...(size === "5" ? [`cancel ${asked[0]}`] : []), "sell 3"]);
    assert.deepEqual([...spool.state.orders.values()].map(({ filled }) => filled), ["2", "0", "3"].map(quantity));
    assert.equal(account.total, ZERO_QUANTITY);
  }
});

Deno.test("an order of a watchdog that the journal has by now counts once", async () => {
  const { account, position } = stopped(), spool = new MemorySpool(), { close } = position;
  account.lose(account.resting[0]!);
  account.rest(close.clientOrderId, "2");
  account.fill(close.clientOrderId);
  await spool.record(close);
  await spool.append({ kind: "outcome", name: close.clientOrderId, filled: quantity("2") });
  const orders = [...position.orders, { name: close.clientOrderId, slot: "close" as const, filled: ZERO_QUANTITY }];
  const { end } = await closed({ ...position, orders }, account.exchange(), { spool });
  assert.equal(end.kind, "flat");
  assert.deepEqual(account.acts, ["sell 3"]);
});

/** Two books with a coin each in one market; the second one's stop rests, and the first one's has its own fate. */
function twoBooks() {
  const { position, stop: name } = stopped(), stop = (book: number) => name.replace("-0-", `-${book}-`);
  const one = quantity("1"), account = new WatchedAccount("BTC", "2");
  const positions = [0, 1].map((book): GuardedPosition => ({
    ...{ ...position, book, held: one, beside: one },
    orders: [{ name: stop(book) as never, slot: "stop", filled: ZERO_QUANTITY }],
    close: {
      ...position.close,
      ...{ book, quantity: one, clientOrderId: position.close.clientOrderId.replace("-0-", `-${book}-`) as never },
    },
  }));
  for (const { book } of positions) account.rest(stop(book), "1");
  return { account, positions, first: stop(0), second: stop(1) };
}

Deno.test("what another book's stop has traded unheard was that book's: this one is sold whole", async () => {
  const { account, positions, first, second } = twoBooks();
  account.fill(first);
  const { end } = await closed(positions[1]!, account.exchange(), { beside: positions });
  assert.equal(end.kind, "flat");
  assert.deepEqual(account.acts, [`cancel ${second}`, "sell 1"]);
});

Deno.test("what another book has bought unheard stays that book's", async () => {
  const { account, positions, first } = twoBooks(), entry = first.replace(/s\d+$/, "e0");
  const [other, own] = [{
    ...positions[0]!,
    orders: [{ name: entry as never, slot: "entry" as const, filled: ZERO_QUANTITY }],
  }, positions[1]!];
  account.lose(first);
  account.rest(entry, "3", "buy");
  account.fill(entry);
  // Somebody has taken half of the own coin out of the account.
  account.total = (account.total - quantity("0.5")) as Quantity;
  await closed(own, account.exchange(), { beside: [other, own] });
  assert.equal(account.acts.at(-1), "sell 0.5");
});
