import assert from "node:assert/strict";
import type { Balance, VenueFill } from "../exchanges/mod.ts";
import { instrument } from "../market/mod.ts";
import { notional, type Quantity, quantity, ZERO_QUANTITY } from "../money/mod.ts";
import type { ClientOrderId, Fill } from "../orders/mod.ts";
import { applyToAccount } from "../portfolio/mod.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { createTrader, DEFAULT_TIMING, type TraderEvent } from "../trader/mod.ts";
import { AccountWatch } from "./account_watch.ts";
import { ExchangeLink } from "./exchange_link.ts";
import { isOfSession } from "./session_tag.ts";
import { fillOf } from "./venue_amounts.ts";
import { busyStrategy } from "./world/busy_strategy.ts";
import { WorldClock } from "./world/world_clock.ts";

const START_MS = Date.UTC(2024, 0, 1);
const MARKETS = ["BTC/USDT", "ETH/USDT"].map((symbol) =>
  instrument({ exchange: "world", symbol, kind: "spot", tick: "0.01", lot: "0.00001", minNotional: "5" })
);

interface Venue {
  readonly fills?: (symbol: string) => readonly VenueFill[];
  readonly balances?: () => readonly Balance[];
}

/** A watch of an account with 1,000 USDT, and what it hears and offers. */
function watchOf(venue: Venue, isSettled = () => true) {
  const clock = new WorldClock(START_MS), heard: Fill[] = [], offered: TraderEvent[] = [];
  const trader = createTrader({
    session: "s1x",
    instruments: MARKETS,
    timeframe: timeframe("1m"),
    books: MARKETS.map((_, i) => ({ strategy: busyStrategy.bind({}), instrument: i })),
    cash: notional("1000"),
    leverage: 1,
    sizing: { kind: "equity-fraction", fraction: 0.2 },
    sizeAt: "decision",
    reserveFraction: 0.005,
    rules: [],
    canMove: false,
    exitsLock: true,
    tradeFromMs: START_MS as TimestampMs,
    timing: DEFAULT_TIMING,
  });
  const isOurs = (id: string): id is ClientOrderId => isOfSession(id, "s1x"), fills = new Map<string, Fill>();
  const exchange = {
    fills: ({ symbol }: { symbol: string }) =>
      Promise.resolve({ kind: "done" as const, value: venue.fills?.(symbol) ?? [] }),
    balances: () => Promise.resolve({ kind: "done" as const, value: venue.balances?.() ?? [] }),
  };
  const link = new ExchangeLink({
    exchange: exchange as never,
    instruments: MARKETS,
    scheduler: clock,
    gate: { refusalOf: () => null, cancelRefusal: () => null },
    sendMs: Infinity,
    find: () => ({}) as never,
    isOurs,
    hear: (event) => {
      if (event.kind !== "fill") return;
      heard.push(event.fill);
      fills.set(event.fill.tradeId, event.fill);
    },
    hearForeign: () => {},
    isOfSuccessor: () => false,
    failed: (error) => {
      throw error;
    },
  });
  const watch = new AccountWatch({
    exchange,
    link,
    trader,
    fills,
    scheduler: clock,
    ...{ isOurs, isSettled },
    offer: (event) => offered.push(event),
  });
  /** Reads again and again for two minutes. */
  const stays = async (read: () => Promise<unknown>) => {
    for (let times = 0; times < 8; times++) {
      await read();
      await clock.runTo(clock.now() + 15_000);
    }
  };
  return { watch, heard, offered, trader, fills, clock, stays };
}

function tradeOf(id: string): VenueFill {
  return {
    id,
    orderId: "1",
    clientOrderId: "s1x1-0-lqu8x9c0-e-0",
    timeMs: START_MS as TimestampMs,
    side: "buy",
    price: "100",
    quantity: "1",
    liquidity: "taker",
    feeAsset: "USDT",
    fee: "0",
  };
}

Deno.test("executions of two markets that have one number are two", async () => {
  const { watch, heard } = watchOf({ fills: () => [tradeOf("7")] });
  for (let read = 0; read < 2; read++) {
    for (const market of MARKETS) assert.equal(await watch.readFills(market, START_MS), true);
  }
  assert.deepEqual(heard.map((fill) => fill.instrument), MARKETS.map(({ id }) => id));
  assert.equal(new Set(heard.map(({ tradeId }) => tradeId)).size, 2, "the journal keeps both");
});

Deno.test("an asset that the venue does not list any more is missing", async () => {
  const { watch, offered, trader, stays } = watchOf({
    balances: () => [{ asset: "USDT", free: "1000", used: "0", total: "1000" }],
  });
  trader.state.account.positions[0] = quantity("2") as Quantity;
  let reads = 0;
  await stays(async () => {
    assert.equal(await watch.readBalances(), true);
    // One read, or some at once, may be of an old copy; what is traded meanwhile changes nothing in it.
    if (++reads < 5) assert.deepEqual([offered, watch.isInDoubt], [[], true]);
    if (reads === 5) trader.state.account.positions[0] = ZERO_QUANTITY;
    trader.state.version++;
  });
  assert.equal(watch.isInDoubt, false);
  assert.deepEqual(
    offered.map((event) => event.kind === "adjusted" ? [event.adjustment.asset, event.adjustment.amount] : event.kind),
    [["BTC", -notional("2")]],
  );
});

Deno.test("while the journal cannot write, what was heard and is not counted yet is no drift, and later nothing is left", async () => {
  let isSettled = false;
  const { watch, offered, trader, stays } = watchOf({
    balances: () => [{ asset: "USDT", free: "900", used: "0", total: "900" }],
  }, () => isSettled);
  await stays(async () => assert.equal(await watch.readBalances(), true));
  assert.deepEqual(offered, []);
  isSettled = true;
  trader.state.account.cash = notional("900");
  await stays(() => watch.readBalances());
  assert.deepEqual(offered, []);
});

Deno.test("an answer without any balance says nothing", async () => {
  const { watch, offered, trader, stays } = watchOf({ balances: () => [] });
  trader.state.account.positions[0] = quantity("2") as Quantity;
  await stays(() => watch.readBalances());
  assert.deepEqual(offered, []);
});

Deno.test("a trade that the venue takes back in one market is not looked for in another", async () => {
  let isBusted = false;
  const { watch, fills, offered, clock, stays } = watchOf({
    fills: (symbol) => isBusted && symbol === "BTC/USDT" ? [] : [tradeOf("7")],
  });
  for (const market of MARKETS) {
    const own = fillOf(tradeOf("7"), "s1x1-0-lqu8x9c0-e-0" as ClientOrderId, market);
    fills.set(own.tradeId, own);
  }
  isBusted = true;
  await clock.runTo(START_MS + 60_000);
  const readAll = async () => {
    for (const market of MARKETS) await watch.readFills(market, START_MS);
  };
  for (let read = 0; read < 3; read++) await readAll();
  assert.deepEqual([offered, watch.isInDoubt], [[], true], "three old answers at once are one");
  await stays(readAll);
  assert.equal(watch.isInDoubt, false);
  assert.deepEqual(
    offered.map((event) => event.kind === "busted" ? event.fill.instrument : event.kind),
    [MARKETS[0]!.id],
  );
});

Deno.test("balances from before the last executions are an old answer, however often they come; others are a drift", async () => {
  let balances = { USDT: "1000", BTC: "0" };
  const { watch, fills, offered, trader, stays } = watchOf({
    fills: (symbol) => symbol === "BTC/USDT" ? [tradeOf("7")] : [],
    balances: () => Object.entries(balances).map(([asset, total]) => ({ asset, free: total, used: "0", total })),
  });
  const own = fillOf(tradeOf("7"), "s1x1-0-lqu8x9c0-e-0" as ClientOrderId, MARKETS[0]!);
  fills.set(own.tradeId, own);
  applyToAccount(trader.state.account, 0, own, MARKETS[0]!);
  await stays(() => watch.readBalances());
  assert.equal(offered.length, 0);
  balances = { USDT: "890", BTC: "1" };
  await stays(async () => {
    await watch.readBalances();
    trader.state.account.cash = notional(offered.length === 0 ? "900" : "890");
  });
  assert.deepEqual(
    offered.map((event) => event.kind === "adjusted" ? [event.adjustment.asset, event.adjustment.amount] : event.kind),
    [["USDT", -notional("10")]],
  );
});
