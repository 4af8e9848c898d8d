import assert from "node:assert/strict";
import type { Outcome } from "../errors/mod.ts";
import type { VenueOrder } from "../exchanges/mod.ts";
import { instrument } from "../market/mod.ts";
import { price, quantity } from "../money/mod.ts";
import {
  type ClientOrderId,
  type OrderIntent,
  PLAIN_TERMS,
  type Recorded,
  type RiskApproved,
  type VenueEvent,
} from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { DEFAULT_TIMING, type OrderRecord } from "../trader/mod.ts";
import { ExchangeLink } from "./exchange_link.ts";
import { WorldClock } from "./world/world_clock.ts";

const MARKET = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "spot", tick: "0.01", lot: "0.001" });
const NOT_FOUND = { kind: "refused", code: "order-not-found", reason: "" } as const;

function stop(name: string) {
  const intent: OrderIntent = {
    clientOrderId: name as ClientOrderId,
    ...{ instrument: MARKET.id, book: 0, slot: "stop", decidedAtMs: 0 as TimestampMs, side: "sell", kind: "stop" },
    ...{ quantity: quantity("1"), price: price("95"), limitPrice: null, trail: null, terms: PLAIN_TERMS },
    ...{ reduceOnly: true, sizeAtFill: null, reason: "stop" },
  };
  const record = { intent, state: "sending", filled: 0n, sentAtMs: 0, cancelSent: false } as unknown as OrderRecord;
  return { intent: intent as Recorded<RiskApproved<OrderIntent>>, record };
}

Deno.test("an order that was taken back on its way is taken back again before another one takes its place", async () => {
  const first = stop("s1-0-a-s1"), second = stop("s1-0-b-s2"), calls: string[] = [];
  const { promise: answered, resolve: answer } = Promise.withResolvers<Outcome<VenueOrder>>();
  const open: VenueOrder = {
    ...{ id: "1", clientOrderId: first.intent.clientOrderId, status: "open", price: null, triggerPrice: "95" },
    ...{ quantity: "1", filled: "0", updatedAtMs: null, timeMs: null },
  };
  let isThere = false;
  const link = new ExchangeLink({
    exchange: {
      submit: ({ clientOrderId }) => {
        calls.push(`submit ${clientOrderId}`);
        return clientOrderId === open.clientOrderId ? answered : Promise.resolve({ kind: "done", value: open });
      },
      cancel: (_, name) => {
        calls.push(`cancel ${name}${isThere ? "" : ", too early"}`);
        return Promise.resolve(isThere ? { kind: "done", value: { ...open, status: "cancelled" } } : NOT_FOUND);
      },
      order: () => Promise.resolve(NOT_FOUND),
      ...{ openOrders: () => Promise.resolve(NOT_FOUND), orders: () => Promise.resolve(NOT_FOUND) },
      fills: () => Promise.resolve(NOT_FOUND),
    },
    instruments: [MARKET],
    scheduler: { now: () => 0 as TimestampMs, after: () => () => {} },
    gate: { refusalOf: () => null, cancelRefusal: () => null },
    sendMs: DEFAULT_TIMING.sendMs,
    find: (name) => [first, second].find(({ intent }) => intent.clientOrderId === name)?.record,
    isOurs: (name): name is ClientOrderId => name.startsWith("s1"),
    ...{ hear: () => {}, hearForeign: () => {}, isOfSuccessor: () => false },
    failed: (error) => {
      throw error;
    },
  });
  const turns = async () => {
    for (let turn = 0; turn < 20; turn++) await null;
  };
  link.submit(first.intent);
  await turns();
  // As a kill switch does while the trader cannot write anything down, and so does not say it.
  link.cancel(first.intent.clientOrderId);
  link.submit(second.intent);
  await turns();
  isThere = true;
  answer({ kind: "done", value: open });
  await turns();
  assert.deepEqual(calls, [
    "submit s1-0-a-s1",
    "cancel s1-0-a-s1, too early",
    "cancel s1-0-a-s1",
    "submit s1-0-b-s2",
  ]);
});

/** A link to a venue that says nothing but this, and what is asked of it. */
function linkTo(
  orders: readonly VenueOrder[],
  records: readonly OrderRecord[],
  isOfSuccessor = false,
  cancelRefusal: () => string | null = () => null,
) {
  const calls: string[] = [], heard: VenueEvent[] = [];
  const done = <T>(value: T) => Promise.resolve({ kind: "done" as const, value });
  const link = new ExchangeLink({
    exchange: {
      submit: ({ clientOrderId }, lastLook) => {
        const reason = lastLook!();
        calls.push(`submit ${clientOrderId}${reason === null ? "" : `: ${reason}`}`);
        return Promise.resolve(
          reason === null ? { kind: "unknown", reason: "" } : { kind: "refused", code: "gate", reason },
        );
      },
      cancel: (_, name) => {
        calls.push(`cancel ${name}`);
        return Promise.resolve(NOT_FOUND);
      },
      ...{ order: () => Promise.resolve(NOT_FOUND), openOrders: () => done([...orders]), orders: () => done([]) },
      fills: () => done([]),
    },
    instruments: [MARKET],
    scheduler: { now: () => 0 as TimestampMs, after: () => () => {} },
    gate: { refusalOf: () => null, cancelRefusal },
    sendMs: DEFAULT_TIMING.sendMs,
    find: (name) => records.find(({ intent }) => intent.clientOrderId === name),
    isOurs: (name): name is ClientOrderId => name.startsWith("s1"),
    isOfSuccessor: () => isOfSuccessor,
    hear: (event) => heard.push(event),
    hearForeign: () => {},
    failed: (error) => {
      throw error;
    },
  });
  return { link, calls, heard };
}

const RESTING: VenueOrder = {
  ...{ id: "1", clientOrderId: "s12-0-a-s1", status: "open", price: null, triggerPrice: "95" },
  ...{ quantity: "1", filled: "0", updatedAtMs: null, timeMs: null },
};

Deno.test("an order that nobody here knows is taken back, and let be where a later leader has sent it", async () => {
  const own = linkTo([RESTING], []), other = linkTo([RESTING], [], true);
  for (const { link } of [own, other]) await link.readOpenOrders(MARKET);
  assert.deepEqual([own.calls, other.calls], [["cancel s12-0-a-s1"], []]);
});

Deno.test("an order that was taken back while it waited does not leave", async () => {
  const { intent, record } = stop("s1-0-a-s1"), { link, calls } = linkTo([], [record]);
  link.submit(intent);
  record.cancelSent = true;
  for (let turn = 0; turn < 20; turn++) await null;
  assert.deepEqual(calls, []);
});

Deno.test("a stop that the venue took and turns down later has ended, and is not taken for one that was never there", () => {
  const { record } = stop("s1-0-a-s1"), { link, heard } = linkTo([], [record]);
  link.hearOrder(MARKET, { ...RESTING, clientOrderId: "s1-0-a-s1", status: "refused" });
  record.state = "open";
  link.hearOrder(MARKET, { ...RESTING, clientOrderId: "s1-0-a-s1", status: "refused" });
  assert.deepEqual(heard.map((event) => event.kind === "ended" ? event.state : event.kind), ["refused", "expired"]);
});

/** A link to a venue that has filled an order and tells its execution once `isTold` says so, and when it was asked. */
function linkToFilled(isTold: (looks: number) => boolean) {
  const { intent, record } = stop("s1-0-a-c1"), clock = new WorldClock(0), heard: VenueEvent[] = [];
  const traded: VenueOrder = {
    ...{ id: "1", clientOrderId: intent.clientOrderId, status: "filled", price: null, triggerPrice: null },
    ...{ quantity: "1", filled: "1", updatedAtMs: null, timeMs: null },
  };
  const trade = {
    ...{ id: "7", orderId: "1", clientOrderId: intent.clientOrderId, timeMs: 0 as TimestampMs, side: "sell" as const },
    ...{ price: "95", quantity: "1", liquidity: "taker" as const, feeAsset: "USDT", fee: "0" },
  };
  const asked: number[] = [];
  const link = new ExchangeLink({
    exchange: {
      submit: () => Promise.resolve({ kind: "done", value: traded }),
      cancel: () => Promise.resolve(NOT_FOUND),
      order: () => {
        asked.push(clock.now());
        // Late, and never as late as the one before.
        return new Promise((resolve) =>
          clock.after(20 + asked.length * 37 % 400, () => {
            clock.stir();
            resolve({ kind: "done", value: traded });
          })
        );
      },
      ...{ openOrders: () => Promise.resolve(NOT_FOUND), orders: () => Promise.resolve(NOT_FOUND) },
      fills: () => Promise.resolve({ kind: "done", value: isTold(asked.length) ? [trade] : [] }),
    },
    instruments: [MARKET],
    ...{ scheduler: clock, gate: { refusalOf: () => null, cancelRefusal: () => null }, pushesFills: true },
    sendMs: DEFAULT_TIMING.sendMs,
    find: () => record,
    isOurs: (name): name is ClientOrderId => name.startsWith("s1"),
    hear: (event) => {
      heard.push(event);
      clock.stir();
      if (event.kind === "found") record.filled = quantity("1");
    },
    ...{ hearForeign: () => {}, isOfSuccessor: () => false },
    failed: (error) => {
      throw error;
    },
  });
  /** Lets ten minutes pass, with something happening every two seconds. */
  const pass = async (happens: () => void) => {
    link.submit(intent);
    for (let second = 1; second <= 600; second++) {
      if (second % 2 === 0) happens();
      clock.stir();
      await clock.runTo(second * 1_000);
      for (let turn = 0; turn < 20; turn++) await null;
    }
  };
  return { link, intent, traded, asked, heard, pass };
}

Deno.test("an order that has traded is read again soon where its executions could not be, and no longer once they are there", async () => {
  const { asked, heard, pass } = linkToFilled((looks) => looks >= 3);
  await pass(() => {});
  assert.equal(asked.length, 3);
  assert.ok(asked.at(-1)! < 10_000, `asked at ${asked} ms`);
  assert.deepEqual(heard.filter(({ kind }) => kind !== "fill").map(({ kind }) => kind), ["accepted", "found"]);
});

Deno.test("what else asks for such an order, or tells of it, does not have it read ever more often", async () => {
  const own = linkToFilled(() => false);
  await own.pass(() => {
    own.link.query(own.intent.clientOrderId);
    own.link.hearOrder(MARKET, own.traded);
  });
  // Each two seconds by who asks, and beside that what was owed.
  assert.ok(own.asked.length >= 300 && own.asked.length < 400, `${own.asked.length} looks in ten minutes`);
});

Deno.test("an order that cannot be taken back is not tried without end, whether the venue or the mode holds it", async () => {
  const counts = [];
  for (const mode of [null, "the mode is readOnly"]) {
    const { intent, record } = stop("s1-0-a-c1"), clock = new WorldClock(0), { clientOrderId } = intent;
    const soon = <T>(value: T) => new Promise<T>((resolve) => clock.after(20, () => resolve(value)));
    let cancels = 0, looks = 0;
    const link: ExchangeLink = new ExchangeLink({
      exchange: {
        submit: () => soon({ kind: "done", value: { ...RESTING, clientOrderId } }),
        cancel: () => {
          cancels++;
          return soon({ kind: "unknown", reason: "no route" });
        },
        order: () => {
          looks++;
          return soon({ kind: "done", value: { ...RESTING, clientOrderId } });
        },
        ...{ openOrders: () => soon(NOT_FOUND), orders: () => soon(NOT_FOUND), fills: () => soon(NOT_FOUND) },
      },
      instruments: [MARKET],
      ...{ scheduler: clock, gate: { refusalOf: () => null, cancelRefusal: () => mode } },
      sendMs: DEFAULT_TIMING.sendMs,
      find: () => record,
      isOurs: (name): name is ClientOrderId => name.startsWith("s1"),
      // A trader that wants it back says so at each word that it is there still.
      hear: (event) => event.kind === "found" && link.cancel(clientOrderId),
      ...{ hearForeign: () => {}, isOfSuccessor: () => false },
      failed: (error) => {
        throw error;
      },
    });
    for (let second = 0; second < 60; second++) {
      if (second % 2 === 0) link.query(clientOrderId);
      for (let ms = 0; ms < 1_000; ms += 10) {
        await clock.runTo(second * 1_000 + ms);
        clock.stir();
        for (let turn = 0; turn < 10; turn++) await null;
      }
    }
    counts.push({ cancels, looks });
  }
  assert.deepEqual(counts, [{ cancels: 30, looks: 60 }, { cancels: 0, looks: 30 }]);
});

Deno.test("what could not be taken back for the mode goes before the next order, which needs its balance", async () => {
  const [first, second] = [stop("s1-0-a-s1"), stop("s1-0-b-c2")];
  let refusal: string | null = "the mode is readOnly";
  const { link, calls } = linkTo([], [first.record, second.record], false, () => refusal);
  first.record.state = "open";
  first.record.cancelSent = true;
  link.cancel(first.intent.clientOrderId);
  await null;
  refusal = null;
  link.submit(second.intent);
  for (let turn = 0; turn < 20; turn++) await null;
  assert.deepEqual(calls, ["cancel s1-0-a-s1", "submit s1-0-b-c2"]);
});
