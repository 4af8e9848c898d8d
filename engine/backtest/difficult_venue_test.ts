import assert from "node:assert/strict";
import { instrument } from "../market/mod.ts";
import { notional } from "../money/mod.ts";
import { type ClientOrderId, isTerminal, MemoryJournal } from "../orders/mod.ts";
import { PRE_TRADE_RULES } from "../risk/mod.ts";
import { backtestingPyRules, costsOf, Simulator } from "../simulator/mod.ts";
import {
  BaseStrategy,
  defineStrategy,
  type EntryPrice,
  ifTouched,
  limitAt,
  percent,
  type Request,
  type RequestTerms,
  stopAt,
  stopLimit,
  stopLimitAt,
  touchAt,
  trailingPercent,
} from "../strategies/mod.ts";
import { SeededRandom, timeframe, type TimestampMs } from "../time/mod.ts";
import { type Difficulties, DifficultVenue, NO_DIFFICULTIES, REQUEST_EXPIRY_MS } from "../testing/difficult_venue.ts";
import {
  candleGroup,
  type Command,
  createTrader,
  DEFAULT_TIMING,
  restoreTrader,
  saveTrader,
  step,
  type Trader,
  type TraderConfig,
  type TraderEvent,
} from "../trader/mod.ts";

const MINUTE = 60_000;

/** Decides nothing itself: its decisions arrive as events. */
class Remote extends BaseStrategy {
  readonly series = [];
  decide(): void {}
}
const remote = defineStrategy({ id: "remote", params: {}, create: () => new Remote() });

const symbols = ["BTC/USDT", "ETH/USDT"];
const markets = symbols.map((symbol) =>
  instrument({ exchange: "test", symbol, kind: "linear", tick: "0.01", lot: "0.001" })
);
const config: TraderConfig = {
  session: "t1",
  instruments: markets,
  timeframe: timeframe("1m"),
  books: markets.map((_, i) => ({ strategy: remote.bind(), instrument: i })),
  cash: notional("1000000"),
  leverage: 2,
  sizing: { kind: "equity-fraction", fraction: 0.4 },
  sizeAt: "decision",
  reserveFraction: 0.001,
  rules: PRE_TRADE_RULES,
  tradeFromMs: 0 as TimestampMs,
  timing: DEFAULT_TIMING,
};

const BAD: Difficulties = {
  requestLost: 0.15,
  newsLost: 0.15,
  newsDoubled: 0.15,
  toldUnknown: 0.1,
  notSent: 0.05,
  parts: 0.4,
  slowestMs: 4_500,
};

/** What a strategy might ask for at a price: nothing mostly, else any of the requests with any of their options. */
function anyRequests(random: SeededRandom, price: number, nowMs: number): Request[] {
  const chance = (share: number) => random.next() < share;
  const near = () => price * (1 + (random.next() - 0.5) * 0.004);
  const terms = (): { terms?: RequestTerms } => {
    const kind = random.next();
    if (kind < 0.6) return {};
    if (kind < 0.7) return { terms: { timeInForce: chance(0.5) ? "IOC" : "FOK" } };
    if (kind < 0.8) return { terms: { expires: nowMs + Math.floor(random.next() * 5) * MINUTE } };
    return { terms: kind < 0.9 ? { postOnly: true } : { display: 0.01, expires: "day" } };
  };
  const waits = (): EntryPrice =>
    [limitAt(near()), stopAt(near()), stopLimitAt(near(), near()), touchAt(near())][Math.floor(random.next() * 4)]!;
  const wish = random.next(), wide = chance(0.5) ? 0.3 : 20;
  const stop = chance(0.8) ? percent(wide) : stopLimit(percent(wide), percent(5));
  const target = chance(0.5) ? percent(2 * wide) : ifTouched(percent(2 * wide));
  const targets = chance(0.3) ? [{ at: percent(0.1), fraction: 0.5 }, { at: percent(0.2), fraction: 0.5 }] : undefined;
  if (wish < 0.3) {
    const parts = { sizing: null, stop, target, ...(targets ? { targets } : {}), reason: "enter" };
    const side = wish < 0.15 ? "buy" as const : "sell" as const;
    const enter = (leg: number): Request => (
      { kind: "enter", side, at: chance(0.5) ? null : waits(), ...terms(), ...parts, leg }
    );
    if (chance(0.3)) {
      const one = (leg: number): Request => (
        {
          kind: "enter",
          side: chance(0.5) ? "buy" : "sell",
          at: chance(0.2) ? trailingPercent(0.1) : waits(),
          ...parts,
          leg,
          oco: 1,
        }
      );
      return [one(0), one(1)];
    }
    return chance(0.2) ? [enter(0), enter(1)] : [enter(0)];
  }
  if (wish < 0.35) return [{ kind: "close", reason: "exit" }];
  if (wish < 0.4) return [{ kind: "close", at: waits(), ...terms(), reason: "exit" }];
  if (wish < 0.45) return [{ kind: "withdraw" }];
  if (wish < 0.55) return [{ kind: "protect", stop: percent(chance(0.5) ? 0.2 : 10) }];
  if (wish < 0.65) return [{ kind: "amend", at: waits(), sizing: chance(0.7) ? null : { kind: "units", units: 3 } }];
  if (wish < 0.75) {
    const at = chance(0.5) ? null : limitAt(near());
    return [{ kind: "reduce", size: { kind: "fraction", fraction: 0.3 }, at, ...terms(), reason: "reduce" }];
  }
  if (wish < 0.8) {
    const to = { kind: "fraction", fraction: random.next() - 0.5 } as const;
    return [{ kind: "rebalance", to, bandFraction: 0.02, stop, target, reason: "rebalance" }];
  }
  return [];
}

interface Outcome {
  readonly trader: Trader;
  readonly venue: DifficultVenue;
  readonly submitted: ClientOrderId[];
  readonly alarms: string[];
  readonly events: number;
}

/**
 * Two markets, a decision of any kind now and then, one timer a second. The line is bad for the first half and good afterwards.
 * With `restartEvery` the trader is written down and read back after every so many events.
 */
function world(seed: number, difficulties: Difficulties, minutes: number, restartEvery = 0): Outcome {
  const random = new SeededRandom(seed), prices = new SeededRandom(seed + 1_000_003);
  const exchange = new Simulator({
    instruments: markets,
    cash: config.cash,
    leverage: 2,
    rules: { ...backtestingPyRules, sizeAt: "decision", fundsMark: "fill-price" },
    costs: costsOf({ makerBps: 2, takerBps: 5, fixedFeeQuote: 0, slippage: { kind: "fixed", bps: 1 } }),
    seed: 1,
  });
  const venue = new DifficultVenue(exchange, random, difficulties);
  const journal = new MemoryJournal();
  const submitted: ClientOrderId[] = [], alarms: string[] = [];
  let trader = createTrader(config);
  let events = 0;
  const commands: Command[] = [];
  const feed = (event: TraderEvent) => {
    step(trader, event, commands);
    if (restartEvery > 0 && ++events % restartEvery === 0) trader = restoreTrader(config, saveTrader(trader));
    while (commands.length > 0) {
      const command = commands.shift()!;
      if (command.kind === "record") {
        const order = journal.record(command.order);
        // The journal answers twice now and then.
        for (let answers = order.clientOrderId.length % 3 === 0 ? 2 : 1; answers > 0; answers--) {
          step(trader, { kind: "recorded", order, timeMs: trader.state.nowMs }, commands);
        }
      } else if (command.kind === "submit") {
        submitted.push(command.order.clientOrderId);
        venue.submit(command.order);
      } else if (command.kind === "cancel") venue.cancel(command.clientOrderId);
      else if (command.kind === "move") venue.move(command.order);
      else if (command.kind === "query") venue.query(command.clientOrderId);
      else if (command.kind === "alarm") alarms.push(command.code);
    }
  };
  const group = candleGroup(2);
  const last = [30_000, 2_000];
  for (let minute = 0; minute < minutes; minute++) {
    const quiet = minute * 2 >= minutes;
    if (quiet) venue.difficulties = NO_DIFFICULTIES;
    const start = minute * MINUTE;
    group.count = 2;
    group.closeTimeMs = start + MINUTE as TimestampMs;
    for (let i = 0; i < 2; i++) {
      const open = last[i]!, close = Math.round(open * (1 + (prices.next() - 0.5) * 0.004) * 100) / 100;
      group.instrument[i] = group.rowOf[i] = i;
      group.openTimeMs[i] = start;
      group.open[i] = open;
      group.high[i] = Math.max(open, close) + 1;
      group.low[i] = Math.min(open, close) - 1;
      group.close[i] = last[i] = close;
      group.volume[i] = 1;
    }
    for (let second = 0; second < 60; second++) {
      venue.advanceTo(start + second * 1_000);
      for (const event of venue.takeNews()) feed(event);
      feed({ kind: "timer", timeMs: start + second * 1_000 as TimestampMs });
      if (second === 5) venue.trade(group);
    }
    feed(group);
    const requests = quiet ? [] : anyRequests(random, last[minute % 2]!, group.closeTimeMs);
    if (requests.length > 0) feed({ kind: "decision", book: minute % 2, requests, timeMs: group.closeTimeMs });
  }
  return { trader, venue, submitted, alarms, events };
}

function checkWorld({ trader, venue, submitted, alarms }: Outcome, name: string): void {
  const { state } = trader;
  // I2: no intent was sent twice, and none arrived twice.
  assert.equal(new Set(submitted).size, submitted.length, `${name}: an order was sent twice`);
  for (const [id, times] of venue.arrivals) assert.equal(times, 1, `${name}: ${id} arrived ${times} times`);
  // I3 and I4: both books agree exactly.
  for (let i = 0; i < 2; i++) {
    assert.equal(state.account.positions[i], venue.exchange.account.position(i), `${name}: position ${i}`);
    assert.equal(state.books[i]!.position, state.account.positions[i], `${name}: book ${i}`);
  }
  assert.equal(state.account.cash, venue.exchange.account.cash, `${name}: cash`);
  // No order is lost: whatever still lives is open at the exchange, and whatever is open there is known here.
  for (const order of state.orders) {
    assert.ok(
      order.state === "open" || order.state === "partiallyFilled",
      `${name}: ${order.intent.clientOrderId} is ${order.state}`,
    );
    assert.equal(order.cancelSent, false, `${name}: ${order.intent.clientOrderId} was asked back and is still open`);
  }
  venue.exchange.events.length = 0;
  for (const id of venue.arrivals.keys()) venue.exchange.query(id);
  const open = venue.exchange.events.filter((event) => event.kind === "found").filter(({ state }) => state === "open");
  const known = new Set(state.orders.map((order) => order.intent.clientOrderId));
  assert.equal(open.length, known.size, `${name}: open orders`);
  for (const event of open) {
    assert.ok(known.has(event.clientOrderId), `${name}: orphan`);
    // Where it was moved to, it is: no move was lost, and none is waited for.
    const { intent, moving } = state.orders.find((order) => order.intent.clientOrderId === event.clientOrderId)!;
    assert.equal(moving, null, `${name}: a move was forgotten`);
    assert.deepEqual([event.price, event.limitPrice], [intent.price, intent.limitPrice], `${name}: place`);
  }
  // What was to be closed is closed.
  for (const own of state.books) assert.equal(own.closing, null, `${name}: a closing was forgotten`);
  // Every position has its stop, of its size.
  state.books.forEach((own, book) => {
    if (own.position === 0n) return;
    const stop = state.orders.find((order) =>
      order.intent.book === book && order.intent.slot === "stop" && !order.cancelSent
    );
    const size = own.position < 0n ? -own.position : own.position;
    assert.equal(stop && stop.quantity - stop.filled, size, `${name}: naked position`);
  });
  // Of entries of which one cancels the other one at most has traded, and what is left of the others is on its way back.
  const traded = [...state.orders, ...state.recent].filter(({ intent, filled }) => intent.oco && filled > 0n);
  assert.equal(new Set(traded.map(({ intent }) => intent.oco)).size, traded.length, `${name}: both traded`);
  const unexpected = alarms.filter((code) => code !== "unprotected" && code !== "quarantine");
  assert.deepEqual(unexpected, [], `${name}: alarms`);
}

Deno.test("difficult venue: late, in parts, doubled, lost or unknown answers lose no order and double none (150 seeds)", () => {
  const seen = new Set<string>();
  let orders = 0, moves = 0;
  for (let seed = 1; seed <= 150; seed++) {
    const outcome = world(seed, BAD, 80);
    checkWorld(outcome, `seed ${seed}`);
    orders += outcome.submitted.length;
    moves += (outcome.trader.state.funnel["moved:stop"] ?? 0) + (outcome.trader.state.funnel["moved:target"] ?? 0);
    for (const order of outcome.trader.state.recent) seen.add(order.state);
  }
  assert.ok(orders > 3_000, `only ${orders} orders were sent`);
  assert.ok(moves > 150, `only ${moves} orders were moved`);
  for (const state of ["filled", "cancelled", "expired", "refused", "absent"]) {
    assert.ok(seen.has(state), `no order ended ${state}`);
  }
});

Deno.test("difficult venue: one whose answers never come leaves orders unknown, asks for them and sends none again", () => {
  const silent = { ...NO_DIFFICULTIES, newsLost: 1, slowestMs: 1 };
  const { trader, submitted } = world(7, silent, 2);
  assert.equal(new Set(submitted).size, submitted.length);
  assert.ok(trader.state.orders.every((order) => !isTerminal(order.state)));
});

Deno.test("difficult venue: writing the trader down and reading it back after every event changes nothing (8 seeds)", () => {
  for (let seed = 1; seed <= 8; seed++) {
    const plain = world(seed, BAD, 20), restarted = world(seed, BAD, 20, 1);
    assert.ok(restarted.events > 100);
    assert.equal(saveTrader(restarted.trader), saveTrader(plain.trader));
    assert.deepEqual(restarted.submitted, plain.submitted);
  }
});

Deno.test("an order without any answer is quarantined with an alarm, its book halted for entries, and freed when it is found", () => {
  assert.equal(DEFAULT_TIMING.requestExpiryMs, REQUEST_EXPIRY_MS);
  const trader = createTrader({ ...config, timing: { ...DEFAULT_TIMING, requestExpiryMs: 0 } });
  const commands: Command[] = [];
  const feed = (event: TraderEvent) => step(trader, event, commands);
  const group = candleGroup(2);
  Object.assign(group, { count: 1, closeTimeMs: MINUTE });
  group.rowOf[0] = 0;
  group.open[0] =
    group.high[0] =
    group.low[0] =
    group.close[0] =
      100;
  feed(group);
  const enter: Request = {
    kind: "enter",
    side: "buy",
    at: null,
    sizing: null,
    stop: null,
    target: null,
    reason: "enter",
  };
  feed({ kind: "decision", book: 0, requests: [enter], timeMs: MINUTE as TimestampMs });
  const record = commands.find((command) => command.kind === "record")!;
  feed({ kind: "recorded", order: new MemoryJournal().record(record.order), timeMs: MINUTE as TimestampMs });
  const id = record.order.clientOrderId;
  for (let second = 0; second <= 61; second++) {
    const timeMs = MINUTE + second * 1_000 as TimestampMs;
    feed({ kind: "timer", timeMs });
    feed({ kind: "missing", clientOrderId: id, timeMs });
  }
  // Where requests never expire, absence is never proven.
  assert.equal(trader.state.orders[0]!.state, "quarantined");
  assert.deepEqual(commands.filter((command) => command.kind === "alarm").map((command) => command.code), [
    "quarantine",
  ]);
  feed({ kind: "decision", book: 0, requests: [enter], timeMs: 3 * MINUTE as TimestampMs });
  assert.equal(trader.state.funnel["refused:halted"], 1);
  assert.equal(commands.filter((command) => command.kind === "submit").length, 1);
  feed({
    kind: "found",
    clientOrderId: id,
    state: "open",
    price: null,
    limitPrice: null,
    fills: [],
    timeMs: 3 * MINUTE as TimestampMs,
  });
  assert.equal(trader.state.orders[0]!.state, "open");
  assert.equal(trader.state.books[0]!.halted, null);
});
