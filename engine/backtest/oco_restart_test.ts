// A group of entries in a trader that is written down and read back, and at a venue that does not keep it.
import assert from "node:assert/strict";
import { instrument } from "../market/mod.ts";
import { notional, price, quantity } from "../money/mod.ts";
import { type ClientOrderId, MemoryJournal, type OrderIntent, type VenueEvent } from "../orders/mod.ts";
import { PRE_TRADE_RULES } from "../risk/mod.ts";
import { BaseStrategy, defineStrategy, type Request, stopAt } from "../strategies/mod.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import {
  candleGroup,
  type Command,
  createTrader,
  DEFAULT_TIMING,
  restoreTrader,
  saveTrader,
  step,
  type TraderConfig,
  type TraderEvent,
} from "../trader/mod.ts";

class Remote extends BaseStrategy {
  readonly series = [];
  decide(): void {}
}
const market = instrument({ exchange: "test", symbol: "BTC/USDT", kind: "linear" });
const config: TraderConfig = {
  session: "t1",
  instruments: [market],
  timeframe: timeframe("1m"),
  books: [{ strategy: defineStrategy({ id: "remote", params: {}, create: () => new Remote() }).bind(), instrument: 0 }],
  cash: notional("1000"),
  leverage: 1,
  sizing: { kind: "units", units: 1 },
  sizeAt: "decision",
  reserveFraction: 0,
  rules: PRE_TRADE_RULES,
  tradeFromMs: 0 as TimestampMs,
  timing: DEFAULT_TIMING,
};
const NOW = 60_000 as TimestampMs;

/** A trader that has asked for a breakout to both sides at 100; restarted before everything that it is told. */
function asked() {
  let trader = createTrader(config);
  const commands: Command[] = [], journal = new MemoryJournal();
  const tell = (event: TraderEvent): Command[] => {
    trader = restoreTrader(config, saveTrader(trader));
    commands.length = 0;
    step(trader, event, commands);
    return [...commands];
  };
  const group = Object.assign(candleGroup(1), { count: 1, closeTimeMs: NOW });
  group.rowOf[0] = 0;
  group.open[0] =
    group.high[0] =
    group.low[0] =
    group.close[0] =
      100;
  tell(group);
  const entry = (side: "buy" | "sell", at: number, leg: number): Request => (
    { kind: "enter", side, at: stopAt(at), sizing: null, stop: null, target: null, leg, oco: 1, reason: "breakout" }
  );
  const requests = [entry("buy", 105, 1), entry("sell", 95, 2)];
  const orders = tell({ kind: "decision", book: 0, requests, timeMs: NOW }).flatMap((command) =>
    command.kind === "record" ? [command.order] : []
  );
  const record = (order: typeof orders[number]) =>
    tell({ kind: "recorded", order: journal.record(order), timeMs: NOW }).map(({ kind }) => kind);
  return { orders, record, tell, state: () => trader.state };
}

const fillOf = ({ clientOrderId, instrument, side, price: at }: OrderIntent, units = "1"): VenueEvent => ({
  kind: "fill",
  fill: {
    tradeId: `${clientOrderId}-${units}`,
    clientOrderId,
    instrument,
    side,
    price: at ?? price("100"),
    quantity: quantity(units),
    fee: 0n as never,
    feeAsset: "USDT",
    feeFrom: "cash",
    liquidity: "taker",
    timeMs: NOW,
  },
  timeMs: NOW,
});
const accepted = (clientOrderId: ClientOrderId): VenueEvent => (
  { kind: "accepted", clientOrderId, quantity: quantity("1"), timeMs: NOW }
);

Deno.test("after a restart the entry that trades still takes the other back, once", () => {
  const { orders: [above, below], record, tell, state } = asked();
  assert.match(above!.oco!, /^t1-0-/);
  assert.equal(below!.oco, above!.oco);
  assert.deepEqual([record(above!), record(below!)], [["submit"], ["submit"]]);
  for (const { clientOrderId } of [above!, below!]) tell(accepted(clientOrderId));
  assert.deepEqual(tell(fillOf(above!, "0.4")), [{ kind: "cancel", clientOrderId: below!.clientOrderId }]);
  assert.deepEqual(tell(fillOf(above!, "0.6")), []);
  const ended = {
    kind: "ended",
    clientOrderId: below!.clientOrderId,
    state: "cancelled",
    filled: quantity("0"),
    reason: "",
  };
  tell({ ...ended, timeMs: NOW } as VenueEvent);
  assert.deepEqual([state().orders.length, state().books[0]!.positionNumber, state().books[0]!.halted], [0, 1, null]);
});

Deno.test("an entry that the journal has not written down yet when another trades is not sent", () => {
  const { orders: [above, below], record, tell } = asked();
  record(above!);
  tell(accepted(above!.clientOrderId));
  assert.deepEqual(tell(fillOf(above!)), []); // nothing of it has left: there is nothing to take back
  assert.deepEqual(record(below!), []);
});

Deno.test("an entry that the venue refuses takes the others of its group with it", () => {
  const { orders: [above, below], record, tell, state } = asked();
  record(above!), record(below!);
  tell(accepted(below!.clientOrderId));
  const refused = {
    kind: "refused",
    clientOrderId: above!.clientOrderId,
    code: "margin",
    reason: "",
    timeMs: NOW,
  } as const;
  assert.deepEqual(tell(refused), [{ kind: "cancel", clientOrderId: below!.clientOrderId }]);
  // Nor is any other of the group made.
  const late: Request = {
    kind: "enter",
    side: "buy",
    at: stopAt(110),
    sizing: null,
    stop: null,
    target: null,
    leg: 3,
    oco: 1,
    reason: "late",
  };
  tell({ kind: "decision", book: 0, requests: [late], timeMs: NOW });
  assert.equal(state().funnel["refused:oco"], 1);
});

Deno.test("a venue that lets two entries of a group trade halts the book, with an alarm", () => {
  const { orders: [above, below], record, tell, state } = asked();
  record(above!), record(below!);
  for (const { clientOrderId } of [above!, below!]) tell(accepted(clientOrderId));
  tell(fillOf(above!));
  const alarms = tell(fillOf(below!)).filter((command) => command.kind === "alarm");
  assert.deepEqual(alarms.map(({ code }) => code), ["oco-both-filled"]);
  assert.match(state().books[0]!.halted!, /two entries traded of which one cancels the other/);
});
