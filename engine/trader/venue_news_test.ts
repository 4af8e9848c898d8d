import assert from "node:assert/strict";
import { instrument } from "../market/mod.ts";
import { type Fee, notional, price, type Quantity, quantity } from "../money/mod.ts";
import { type ClientOrderId, type Fill, MemoryJournal, type OrderIntent } from "../orders/mod.ts";
import { PRE_TRADE_RULES } from "../risk/mod.ts";
import { BaseStrategy, defineStrategy, percent, type Request } from "../strategies/mod.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { closableOf } from "./closable.ts";
import type { Command } from "./command.ts";
import { DEFAULT_TIMING, type TraderConfig } from "./config.ts";
import type { TraderEvent } from "./event.ts";
import { candleGroup } from "./event.ts";
import { step } from "./step.ts";
import { createTrader } from "./trader.ts";

const MARKET = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "spot", tick: "0.01", lot: "0.001" });
const MINUTE_MS = 60_000;

/** Decides nothing itself: its decisions arrive as events. */
class Remote extends BaseStrategy {
  readonly series = [];
  decide(): void {}
}

const CONFIG: TraderConfig = {
  session: "t1",
  instruments: [MARKET],
  timeframe: timeframe("1m"),
  books: [{ strategy: defineStrategy({ id: "remote", params: {}, create: () => new Remote() }).bind(), instrument: 0 }],
  cash: notional("100000"),
  leverage: 1,
  sizing: { kind: "equity-fraction", fraction: 0.5 },
  sizeAt: "decision",
  reserveFraction: 0.001,
  rules: PRE_TRADE_RULES,
  exitsLock: true,
  tradeFromMs: 0 as TimestampMs,
  timing: DEFAULT_TIMING,
};

/** A trader that bought 5 at 100 with a stop 5 % below, and what a venue may tell it. */
function held() {
  const trader = createTrader(CONFIG), journal = new MemoryJournal(), commands: Command[] = [];
  let minutes = 0, trades = 0;
  const now = () => minutes * MINUTE_MS as TimestampMs;
  const feed = (event: TraderEvent): void => {
    const from = commands.length;
    step(trader, event, commands);
    for (const command of commands.slice(from)) {
      if (command.kind === "record") feed({ kind: "recorded", order: journal.record(command.order), timeMs: now() });
    }
  };
  const candle = (close: number) => {
    minutes++;
    const group = candleGroup(1);
    Object.assign(group, { count: 1, closeTimeMs: now() });
    group.rowOf[0] = 0;
    group.open[0] =
      group.high[0] =
      group.low[0] =
      group.close[0] =
        close;
    feed(group);
  };
  const ask = (request: Request) => feed({ kind: "decision", book: 0, requests: [request], timeMs: now() });
  const fill = ({ clientOrderId, side }: OrderIntent, size: string, at: string) => {
    const own: Fill = {
      tradeId: `${++trades}`,
      ...{ clientOrderId, instrument: MARKET.id, side, price: price(at), quantity: quantity(size) },
      ...{ fee: 0n as Fee, feeAsset: "USDT", feeFrom: "cash", liquidity: "taker", timeMs: now() },
    };
    feed({ kind: "fill", fill: own, timeMs: now() });
  };
  const accept = (clientOrderId: ClientOrderId, size: Quantity) =>
    feed({ kind: "accepted", clientOrderId, quantity: size, timeMs: now() });
  const sent = (slot: OrderIntent["slot"]) => {
    const command = commands.findLast((own) => own.kind === "submit" && own.order.slot === slot);
    return command?.kind === "submit" ? command.order : null;
  };
  candle(100);
  ask({
    kind: "enter",
    side: "buy",
    at: null,
    sizing: { kind: "units", units: 5 },
    stop: percent(5),
    target: null,
    reason: "enter",
  });
  fill(sent("entry")!, "5", "100");
  return { trader, commands, feed, candle, ask, fill, accept, sent, now };
}

Deno.test("a stop that the market has passed already is carried out at the market", () => {
  const { trader, feed, sent, now, fill } = held(), stop = sent("stop")!;
  assert.equal(stop.price, price("95"));
  feed({
    kind: "refused",
    clientOrderId: stop.clientOrderId,
    code: "triggers-at-once",
    reason: "-2010",
    timeMs: now(),
  });
  const close = sent("close")!;
  assert.deepEqual([close.kind, close.side, close.quantity], ["market", "sell", quantity("5")]);
  fill(close, "5", "94");
  assert.equal(trader.state.books[0]!.position, 0n);
});

Deno.test("a stop that is turned down for another reason is tried again on the next candle", () => {
  const { feed, sent, now, candle } = held(), stop = sent("stop")!;
  feed({ kind: "refused", clientOrderId: stop.clientOrderId, code: "limited", reason: "429", timeMs: now() });
  assert.equal(sent("close"), null);
  candle(101);
  assert.notEqual(sent("stop")!.clientOrderId, stop.clientOrderId);
});

Deno.test("where more is sold than there was, it is bought back, and the book stops", () => {
  const { trader, commands, ask, accept, sent, fill, candle, feed, now } = held(), stop = sent("stop")!;
  accept(stop.clientOrderId, stop.quantity);
  ask({ kind: "close", reason: "exit" });
  // The stop fills while it is being taken back, and so does what was to close.
  fill(stop, "5", "95");
  feed({
    kind: "ended",
    clientOrderId: stop.clientOrderId,
    state: "cancelled",
    filled: stop.quantity,
    reason: "",
    timeMs: now(),
  });
  fill(stop, "2", "95");
  assert.equal(trader.state.books[0]!.position, -quantity("2"));
  // What was to close has to be gone before anything is bought.
  feed({
    kind: "ended",
    clientOrderId: sent("close")!.clientOrderId,
    state: "cancelled",
    filled: 0n as Quantity,
    reason: "",
    timeMs: now(),
  });
  candle(95);
  const back = sent("close")!;
  assert.deepEqual([back.side, back.quantity], ["buy", quantity("2")]);
  assert.ok(commands.some((own) => own.kind === "alarm" && own.code === "flipped"));
  fill(back, "2", "95");
  candle(95);
  assert.equal(trader.state.books[0]!.position, 0n);
  assert.notEqual(trader.state.books[0]!.halted, null);
});

Deno.test("a successor takes back anew what was to be taken back, before anything takes its place", () => {
  const { commands, ask, accept, sent, feed, now } = held(), stop = sent("stop")!;
  accept(stop.clientOrderId, stop.quantity);
  ask({ kind: "close", reason: "exit" });
  commands.length = 0;
  feed({ kind: "recovered", timeMs: now() });
  assert.deepEqual(commands[0], { kind: "cancel", clientOrderId: stop.clientOrderId });
});

Deno.test("what can be closed is what is held: less than the position where dust is missing", () => {
  const lot = quantity("0.001"),
    of = (position: string, dust: string) => closableOf(signed(position), signed(dust), lot);
  assert.equal(of("5.0004", "0"), quantity("5"));
  assert.equal(of("5.0004", "0.0009"), quantity("5"));
  assert.equal(of("5.0004", "-0.0009"), quantity("4.999"));
  assert.equal(of("-5.0004", "0.0009"), quantity("4.999"));
  assert.equal(of("0.0012", "-0.0009"), 0n);
  assert.equal(of("0.0004", "-0.0009"), 0n);
});

Deno.test("a stop is no larger than what the account holds", () => {
  const { trader, sent, candle, ask } = held(), first = sent("stop")!;
  trader.state.account.dust[0] = signed("-0.0005");
  ask({ kind: "protect", stop: percent(4) });
  candle(100);
  assert.equal(first.quantity, quantity("5"));
  assert.equal(sent("stop")!.quantity, quantity("4.999"));
});

function signed(text: string): Quantity {
  return (text.startsWith("-") ? -quantity(text.slice(1)) : quantity(text)) as Quantity;
}
