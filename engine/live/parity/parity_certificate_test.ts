import assert from "node:assert/strict";
import { bindStrategies, parseRunSpec, replayOf, traderConfigOf } from "../../backtest/mod.ts";
import type { LoopbackAccountOptions } from "../../exchanges/mod.ts";
import { type CandleColumns, candleColumns, instrument, sliceCandles, VALUE_COLUMNS } from "../../market/mod.ts";
import { fee, price } from "../../money/mod.ts";
import { type Fill, guardOrderId } from "../../orders/mod.ts";
import { approvedClose, candleGroup, createTrader, DEFAULT_TIMING } from "../../trader/mod.ts";
import { BaseStrategy, type DecisionContext, defineStrategy, smaCross } from "../../strategies/mod.ts";
import { MINUTE_MS, timeframe, type TimestampMs } from "../../time/mod.ts";
import {
  type RanSession,
  ranSession,
  SCRIPTED_CASH,
  type ScriptedSession,
  withStrategy,
} from "../../testing/scripted_session.ts";
import { readInput, type SessionInput, takeInput, writeInput } from "../session_input.ts";
import { busyStrategy } from "../world/busy_strategy.ts";
import { swarmOf } from "../world/swarm.ts";
import { World } from "../world/world.ts";
import { CASH } from "../world/world_view.ts";
import { CandleHistory } from "./candle_history.ts";
import { freshRun } from "./fresh_run.ts";
import { certifyParity, type ParityCertificate, type ParityOrder } from "./parity_certificate.ts";
import { RecordedSession, sessionSpan } from "./recorded_session.ts";

const strategies = [1, 2].map((seed) => busyStrategy.bind({ seed }));
const QUIET: ScriptedSession = { seed: 5, hours: 6, strategies };

interface Otherwise {
  readonly inputs?: readonly string[];
  readonly candles?: readonly CandleColumns[];
  readonly minutes?: readonly CandleColumns[];
  readonly account?: LoopbackAccountOptions;
}

function certified({ config, store, minutes }: RanSession, otherwise: Otherwise = {}): ParityCertificate {
  const own = otherwise.minutes ?? minutes;
  return certifyParity({
    ...{ config, inputs: otherwise.inputs ?? store.inputs, candles: otherwise.candles ?? own, minutes: own },
    account: { cashQuote: SCRIPTED_CASH, ...otherwise.account },
  });
}

const causesOf = ({ causes }: ParityCertificate) => [...new Set(causes.map(({ cause }) => cause))].sort();

/** Entries of a book that were decided on a candle, and the number of the minute of that candle. */
const entriesOf = ({ orders }: ParityCertificate, book: number) =>
  orders.filter(({ key, session }) => key.startsWith(`${book} entry `) && session!.decidedAtMs % MINUTE_MS === 0);
const minuteOf = ({ session }: ParityOrder) => session!.decidedAtMs / MINUTE_MS % (24 * 60) - 1;

/** What must hold of every certificate. */
function checkExplained({ orders, causes, unexplained, differenceQuote, same }: ParityCertificate): void {
  assert.deepEqual(unexplained, []);
  const explained = causes.reduce((sum, { pnlQuote }) => sum + pnlQuote, 0);
  assert.ok(Math.abs(explained - differenceQuote) < 1e-6, `${explained} of ${differenceQuote}`);
  // Its candle is in the key of an order; the clock within it stands where the last answer came, also one of no effect.
  const told = (own: ParityOrder["session"]) => JSON.stringify(own === null ? null : { ...own, decidedAtMs: null });
  const different = orders.filter(({ session, fresh }) => told(session) !== told(fresh));
  for (const { key, causes } of different) assert.ok(causes.length > 0, `${key} differs without a cause`);
  assert.ok(same <= orders.length - different.length);
}

Deno.test("without faults a fresh run from candles alone orders, trades and earns the same to the last digit", async () => {
  const certificate = certified(await ranSession(QUIET)), { orders, same } = certificate;
  assert.ok(orders.filter(({ session }) => session!.averagePrice !== null).length > 50, `${orders.length} orders`);
  assert.equal(same, orders.length);
  assert.deepEqual(certificate.causes, []);
  assert.deepEqual(certificate.withoutEffect, {});
  assert.equal(certificate.differenceQuote, 0);
  assert.deepEqual(orders.map(({ session }) => session), orders.map(({ fresh }) => fresh));
  checkExplained(certificate);
});

Deno.test("a strategy that was changed since is no cause: each order that it would not have decided is unexplained", async () => {
  const ran = await ranSession({ ...QUIET, hours: 2 });
  for (const strategy of [busyStrategy.bind({ seed: 3 }), smaCross.bind({ fast: 400, slow: 500 })]) {
    const certificate = certified({ ...ran, config: withStrategy(ran.config, strategy) });
    const { unordered, unexplained, same, orders } = certificate;
    assert.ok(unordered.length > 30 && unordered.every((id) => ran.store.journal.kept.orders.has(id as never)));
    assert.deepEqual(unexplained, unordered.map((id) => `${id}: the journal has it, the replay does not order it`));
    assert.deepEqual([certificate.causes, certificate.withoutEffect], [[], {}]);
    assert.ok(same < orders.length + unordered.length);
  }
});

Deno.test("a session that has taken no candle in has nothing to certify", async () => {
  const { store: { inputs } } = await ranSession({ ...QUIET, hours: 1 });
  const begun = inputs.slice(0, inputs.findIndex((text) => readInput(text).kind === "candles"));
  assert.ok(begun.length > 0);
  for (const taken of [[], begun]) {
    assert.throws(() => sessionSpan(taken), {
      code: "session",
      message: /has taken no candle in yet, or .* was archived/,
    });
  }
});

Deno.test("one late candle, one reject and one partial fill are named, and nothing else", async () => {
  const [entry] = entriesOf(certified(await ranSession(QUIET)), 0), lateMinute = minuteOf(entry!);
  const certificate = certified(
    await ranSession({
      ...QUIET,
      candleDelayMs: (market, minute) => market === 0 && minute === lateMinute ? 45_000 : 0,
      faults: { scripted: [{ at: "place", n: 30, fault: "limited" }] },
      halfFilledAtCancel: 4,
    }),
  );
  assert.deepEqual(certificate.causes.map(({ cause }) => cause), ["late candle", "reject", "partial fill"]);
  assert.deepEqual(certificate.withoutEffect, {});
  checkExplained(certificate);
  const [late, reject, part] = certificate.causes;
  const first = (key: string) => certificate.orders.find((own) => own.key === key)!;
  assert.match(late!.about, /^candle that closed at .* of BTC\/USDT$/);
  assert.equal(first(entry!.key).session, null, "the strategy did not decide on what came too late");
  assert.deepEqual(first(entry!.key).causes, ["late candle"]);
  assert.match(reject!.about, /: limited$/);
  const rejected = certificate.orders.filter(({ session, fresh }) =>
    session?.state === "refused" && fresh?.state === "filled"
  );
  assert.equal(rejected.length, 1);
  assert.ok(rejected[0]!.causes.includes("reject"));
  const parted = certificate.orders.filter(({ session }) =>
    session !== null && Number(session.filled) > 0 && Number(session.filled) < Number(session.quantity)
  );
  assert.equal(parted.length, 1);
  assert.ok(part!.orders.includes(parted[0]!.key) && parted[0]!.causes.includes("partial fill"));
});

Deno.test("a candle that the session never got, a restart and an operator are named", async () => {
  const quiet = certified(await ranSession(QUIET));
  const entries = entriesOf(quiet, 1), entryAt = (place: number) => minuteOf(entries[place * entries.length | 0]!);
  const missing = certified(
    await ranSession({
      ...QUIET,
      candleDelayMs: (market, minute) => market === 1 && minute === entryAt(0.3) ? Infinity : 0,
    }),
  );
  assert.deepEqual(causesOf(missing), ["missing candle"]);
  checkExplained(missing);

  const died = certified(
    await ranSession({
      ...QUIET,
      atMinute: (minute, _, restart) => minute === entryAt(0.5) - 2 && restart(5 * MINUTE_MS),
    }),
  );
  assert.deepEqual(causesOf(died), ["restart gap"]);
  checkExplained(died);

  const paused = certified(
    await ranSession({
      ...QUIET,
      atMinute: (minute, runner) => {
        if (minute === 100) runner.halt("paused", true);
        if (minute === 160) runner.session!.offer({ kind: "resume", timeMs: runner.session!.trader.state.nowMs });
      },
    }),
  );
  assert.deepEqual(causesOf(paused), ["operator command"]);
  checkExplained(paused);
});

Deno.test("entries that a pause has taken back are the operator's doing, not the latency's", async () => {
  let paused = -1;
  const ran = await ranSession({
    ...QUIET,
    hours: 3,
    atMinute: (minute, runner) => {
      const { state } = runner.session!.trader;
      if (paused < 0 && minute >= 70 && state.orders.some(({ intent }) => intent.slot === "entry")) {
        paused = minute;
        runner.halt("paused", true);
      }
      if (minute === paused + 20) runner.session!.offer({ kind: "resume", timeMs: state.nowMs });
    },
  });
  assert.ok(paused >= 70, "an entry has waited");
  const certificate = certified(ran);
  assert.deepEqual(causesOf(certificate), ["operator command"]);
  checkExplained(certificate);
});

Deno.test("a candle that no market of a session got is named, also after the last one that it got", async () => {
  const alone: ScriptedSession = { ...QUIET, hours: 3, strategies: strategies.slice(0, 1) };
  const quiet = certified(await ranSession(alone)), entries = entriesOf(quiet, 0), inside = minuteOf(entries[3]!);
  const ranWithout = async (isMissing: (minute: number) => boolean) =>
    certified(await ranSession({ ...alone, candleDelayMs: (_, minute) => isMissing(minute) ? Infinity : 0 }));
  const between = await ranWithout((minute) => minute === inside);
  assert.deepEqual(causesOf(between), ["missing candle"]);
  assert.match(between.causes[0]!.about, / of BTC\/USDT$/);
  checkExplained(between);
  const after = await ranWithout((minute) => minute >= 100);
  assert.deepEqual(causesOf(after), ["missing candle"]);
  assert.ok(after.causes.length > 1, "the session heard of its orders for more than an hour");
  checkExplained(after);
});

Deno.test("a candle that came late and is told otherwise today is named twice: when it came, and what it said", async () => {
  const [entry] = entriesOf(certified(await ranSession(QUIET)), 0), lateMinute = minuteOf(entry!);
  const ran = await ranSession({
    ...QUIET,
    candleDelayMs: (market, minute) => market === 0 && minute === lateMinute ? 45_000 : 0,
  });
  const isLate = (openTimeMs: number) => openTimeMs === entry!.session!.decidedAtMs - MINUTE_MS;
  const minutes = ran.minutes.map((own, market) => ({
    ...own,
    volume: own.volume.map((volume, row) => market === 0 && isLate(own.openTimeMs[row]!) ? volume * 2 : volume),
  }));
  const certificate = certified(ran, { minutes });
  assert.deepEqual(causesOf(certificate), ["late candle"]);
  assert.deepEqual(certificate.withoutEffect, { revision: 1 }, "no strategy here reads volume");
  checkExplained(certificate);
});

Deno.test("a candle that the session got and the store lacks is named as that", async () => {
  const ran = await ranSession(QUIET), [entry] = entriesOf(certified(ran), 1);
  const hole = ran.minutes[1]!.openTimeMs.indexOf(entry!.session!.decidedAtMs - MINUTE_MS);
  assert.ok(hole > 0);
  const candles = ran.minutes.with(1, without(ran.minutes[1]!, hole));
  const certificate = certified(ran, { candles });
  assert.deepEqual(causesOf(certificate), ["candle not in store"]);
  assert.match(certificate.causes[0]!.about, / of ETH\/USDT$/);
  checkExplained(certificate);
});

Deno.test("minutes that end before the session are refused, and what waits for a minute to close is told", async () => {
  const ran = await ranSession({ ...QUIET, hours: 1 }), { length } = ran.minutes[1]!;
  const upTo = (end: number) => ({ minutes: ran.minutes.with(1, sliceCandles(ran.minutes[1]!, 0, end)) });
  assert.throws(
    () => certified(ran, upTo(length - 10)),
    { code: "candles", message: /the minutes of ETH\/USDT end at 2024-01-01T00:51/ },
  );
  const whole = certified(ran), part = certified(ran, upTo(length - 1));
  assert.equal(whole.inputs, whole.allInputs);
  assert.ok(part.inputs < part.allInputs, `${part.inputs} of ${part.allInputs}`);
  // Where nothing trades for a while, there are no minutes.
  const rare = candleColumns(
    ran.minutes[1]!.instrument,
    timeframe("1m"),
    [0, 20, 41].map((row) => ({
      ...{ openTimeMs: ran.minutes[1]!.openTimeMs[length - 60 + row]! as TimestampMs },
      ...{ open: 1, high: 1, low: 1, close: 1, volume: 1 },
    })),
  );
  assert.ok(certified(ran, { candles: ran.minutes, minutes: ran.minutes.with(1, rare) }).inputs < whole.inputs);
});

Deno.test("a watchdog that closed in the place of a process that was gone is named, and so are the candles of that time", async () => {
  const ran = await ranSession({ ...QUIET, hours: 3, strategies: strategies.slice(0, 1) }),
    { config, store: { inputs } } = ran;
  const trader = createTrader(config), group = candleGroup(1), kept: string[] = [];
  // The process dies while it holds something.
  for (const text of inputs) {
    takeInput(trader, readInput(text), group, []);
    kept.push(text);
    const { orders, books: [book], nowMs } = trader.state;
    const isQuiet = orders.every(({ state, intent }) => state === "open" && intent.slot === "stop");
    if (kept.length > inputs.length / 2 && book!.position > 0n && orders.length === 1 && isQuiet && nowMs > 0) break;
  }
  const { state } = trader, timeMs = state.nowMs + 5 * MINUTE_MS as TimestampMs, [stop] = state.orders;
  const name = guardOrderId(`${config.session}9`, 0, timeMs, 0),
    order = approvedClose(trader, 0, name, timeMs, "test")!;
  const fill: Fill = {
    ...{ tradeId: "w", clientOrderId: name, instrument: order.instrument, side: "sell", quantity: order.quantity },
    ...{ price: price("42000"), fee: fee("1"), feeAsset: "USDT", feeFrom: "cash", liquidity: "taker", timeMs },
  };
  const further: SessionInput[] = [
    { kind: "leader", epoch: 9, timeMs },
    { kind: "guarded", order, timeMs },
    { kind: "recorded", clientOrderId: name, timeMs },
    {
      ...{ kind: "ended", clientOrderId: stop!.intent.clientOrderId, state: "cancelled", filled: stop!.filled },
      ...{ reason: "", timeMs, endedAtMs: timeMs },
    },
    { kind: "found", clientOrderId: name, state: "filled", price: null, limitPrice: null, fills: [fill], timeMs },
  ];
  const certificate = certified(ran, { inputs: [...kept, ...further.map(writeInput)] });
  checkExplained(certificate);
  assert.ok(causesOf(certificate).includes("watchdog"), causesOf(certificate).join());
  const own = certificate.orders.find(({ clientOrderId }) => clientOrderId === name)!;
  assert.deepEqual([own.session?.state, own.causes], ["filled", ["watchdog"]]);
});

Deno.test("candles that are told otherwise today, another fee and another way of the price are named", async () => {
  const ran = await ranSession({ ...QUIET, hours: 2 }), { inputs } = ran.store;
  const minutes = ran.minutes.map((own) => ({ ...own, volume: own.volume.map((volume) => volume * 2) }));
  assert.deepEqual(
    Object.keys(certified(ran, { minutes }).withoutEffect),
    ["revision"],
    "no strategy here reads volume",
  );
  const dearer = certified(ran, { account: { takerBps: 20, makerBps: 20 } });
  assert.deepEqual(causesOf(dearer), ["fee tier"]);
  checkExplained(dearer);
  const wider = certified(ran, { account: { halfSpreadBps: 5 } });
  assert.deepEqual(causesOf(wider), ["venue price path"]);
  checkExplained(wider);
  // What the session was told of one trade is no input of the fresh run: a wrong price in it shows.
  const tradeIn = (text: string) => /"fill[^}]*?"tradeId":"([^"]*)"/.exec(text)?.[1];
  const at = inputs.findLastIndex((text, i) => {
    const trade = tradeIn(text);
    return trade !== undefined && !inputs.slice(0, i).some((own) => tradeIn(own) === trade);
  });
  const price = /("price":\{"\$":"n","v":")(\d+)("\},"quantity")/;
  const tampered = inputs.with(
    at,
    inputs[at]!.replace(price, (_, a, value, b) => `${a}${BigInt(value) + 10n ** 12n}${b}`),
  );
  assert.notDeepEqual(tampered, inputs);
  assert.ok(causesOf(certified(ran, { inputs: tampered })).includes("venue price path"));
});

Deno.test("a strategy that does not decide from what it is shown is found out", async () => {
  let calls = 0;
  class Moody extends BaseStrategy {
    readonly series = [];
    override identity() {
      return "moody";
    }
    decide(context: DecisionContext): void {
      if (++calls % 7 === 0) context.position === 0 ? context.buy() : context.exit();
    }
  }
  const moody = defineStrategy({ id: "moody", params: {}, create: () => new Moody() });
  const ran = await ranSession({ ...QUIET, hours: 1, strategies: [moody.bind({})] });
  const { inputs } = ran.store;
  calls = 0; // as in the session, which its record needs to be read at all
  const certificate = certified(ran, { inputs });
  assert.notDeepEqual(certificate.unexplained, []);
});

Deno.test("whatever goes wrong in a world, every difference has a cause and the causes add up to the result", async () => {
  const named = new Set<string>();
  for (let seed = 60; seed < 72; seed++) {
    const world = new World({ seed, days: 0.05, swarm: swarmOf(seed) });
    await world.run();
    const minutes = world.instruments.map((own, number) => {
      const openTimes = Array.from({ length: 32 * 60 }, (_, i) => Date.UTC(2023, 11, 31) + i * MINUTE_MS);
      return candleColumns(own, timeframe("1m"), openTimes.map((time) => world.candle(number, time)!));
    });
    const { config, store: { inputs } } = world;
    const certificate = certifyParity({ config, inputs, candles: minutes, minutes, account: { cashQuote: CASH } });
    checkExplained(certificate);
    causesOf(certificate).forEach((cause) => named.add(cause));
  }
  for (const cause of ["reject", "partial fill", "lost request", "latency"]) {
    assert.ok(named.has(cause), `${cause} was never named, of ${[...named].join()}`);
  }
});

Deno.test("without latency a fresh run is the backtest: the same trades, prices, sizes and fees", () => {
  const { minutes: [all] } = { minutes: [minutesOf()] }, market = all!.instrument;
  const spec = parseRunSpec({
    ...{ strategy: "sma-cross", params: { fast: 3, slow: 9 }, timeframe: "1m", from: null, to: null },
    markets: [{ exchange: market.exchange, symbol: market.symbol, tick: "0.01", lot: "0.00001", minNotional: "5" }],
    account: { cashQuote: Number(SCRIPTED_CASH), exitsLock: true },
    costs: { makerBps: 10, takerBps: 10, slippageBps: 1 },
    sizing: { kind: "equity-fraction", fraction: 0.2 },
  });
  const bound = bindStrategies(spec, () => smaCross), tradeFromMs = all!.openTimeMs[0] as TimestampMs;
  const config = traderConfigOf(spec, bound, {
    ...{ session: "bt", instruments: [market], tradeFromMs, canMove: false, timing: DEFAULT_TIMING },
  });
  const run = replayOf(spec, bound, [all!], tradeFromMs);
  const inputs = Array.from({ length: all!.length }, (_, row): SessionInput => {
    const closeTimeMs = all!.openTimeMs[row]! + MINUTE_MS as TimestampMs,
      at = <K extends "open">(name: K) => all![name][row]!;
    const values = [at("open"), all!.high[row]!, all!.low[row]!, all!.close[row]!, all!.volume[row]!] as const;
    return {
      ...{ kind: "candles", closeTimeMs, isLate: false, heardAtMs: closeTimeMs },
      rows: [[0, all!.openTimeMs[row]!, ...values]],
    };
  });
  const session = new RecordedSession(config, inputs.map(writeInput));
  const fresh = freshRun(
    {
      ...{ config, session, minutes: [all!], account: { cashQuote: SCRIPTED_CASH } },
      history: new CandleHistory([all!], MINUTE_MS, 0, Infinity),
    },
    { closes: new Map(), inputs: new Set(), orders: new Set() },
  );
  const traded = [...fresh.log.orders.values()].flatMap(({ fills }) => fills).sort((a, b) => a.timeMs - b.timeMs);
  const told = ({ side, price, quantity, fee, feeAsset, timeMs }: typeof traded[number]) =>
    `${timeMs} ${side} ${quantity} ${price} ${fee} ${feeAsset}`;
  assert.ok(traded.length > 100, `${traded.length} trades`);
  assert.deepEqual(traded.map(told), run.fills.map(({ fill }) => told(fill)));
});

function minutesOf(): CandleColumns {
  const world = new World({ seed: 9, days: 1 });
  const own = instrument({ exchange: "world", symbol: "BTC/USDT", tick: "0.01", lot: "0.00001", minNotional: "5" });
  const openTimes = Array.from({ length: 24 * 60 }, (_, i) => Date.UTC(2024, 0, 1) + i * MINUTE_MS);
  return sliceCandles(candleColumns(own, timeframe("1m"), openTimes.map((time) => world.candle(0, time)!)), 0, 24 * 60);
}

function without(own: CandleColumns, row: number): CandleColumns {
  const columns = Object.fromEntries(
    (["openTimeMs", ...VALUE_COLUMNS] as const).map((name) => [name, own[name].filter((_, i) => i !== row)]),
  );
  return { ...own, ...columns, length: own.length - 1 };
}
