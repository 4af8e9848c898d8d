// Test support only: a trader with a position, and what a venue may tell it.
import { instrument } from "../market/mod.ts";
import { type Fee, notional, price, type Quantity, quantity } from "../money/mod.ts";
import { type ClientOrderId, type Fill, MemoryJournal, type OrderIntent } from "../orders/mod.ts";
import { PRE_TRADE_RULES } from "../risk/mod.ts";
import { BaseStrategy, defineStrategy, percent, type Request } from "../strategies/mod.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import {
  candleGroup,
  type Command,
  createTrader,
  DEFAULT_TIMING,
  step,
  type TraderConfig,
  type TraderEvent,
} from "../trader/mod.ts";

export const HELD_MARKET = instrument({
  exchange: "test",
  symbol: "BTC/USDT",
  kind: "spot",
  tick: "0.01",
  lot: "0.001",
});
const MINUTE_MS = 60_000;

/** Decides nothing itself: its decisions arrive as events. */
class Remote extends BaseStrategy {
  readonly series = [];
  decide(): void {}
}

export const HELD_CONFIG: TraderConfig = {
  session: "t1",
  instruments: [HELD_MARKET],
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

/** A trader that has seen a price of 100, and what a venue may tell it. */
export function watching(config: TraderConfig = HELD_CONFIG) {
  const trader = createTrader(config), journal = new MemoryJournal(), commands: Command[] = [];
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
    group.openTimeMs[0] = now() - MINUTE_MS;
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
      ...{ clientOrderId, instrument: HELD_MARKET.id, side, price: price(at), quantity: quantity(size) },
      ...{ fee: 0n as Fee, feeAsset: "USDT", feeFrom: "cash", liquidity: "taker", timeMs: now() },
    };
    feed({ kind: "fill", fill: own, timeMs: now() });
    return own;
  };
  const accept = (clientOrderId: ClientOrderId, size: Quantity) =>
    feed({ kind: "accepted", clientOrderId, quantity: size, timeMs: now() });
  const sent = (slot: OrderIntent["slot"]) => {
    const command = commands.findLast((own) => own.kind === "submit" && own.order.slot === slot);
    return command?.kind === "submit" ? command.order : null;
  };
  candle(100);
  return { trader, commands, feed, candle, ask, fill, accept, sent, now };
}

/** The same that has bought 5 with a stop 5 % below. */
export function held(config: TraderConfig = HELD_CONFIG) {
  const own = watching(config);
  own.ask({
    kind: "enter",
    side: "buy",
    at: null,
    sizing: { kind: "units", units: 5 },
    stop: percent(5),
    target: null,
    reason: "enter",
  });
  return { ...own, bought: own.fill(own.sent("entry")!, "5", "100") };
}
