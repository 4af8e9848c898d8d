// Test support only: a run of a random account with all that happened in it written down.
import { type Replay, type ReplayObserver, replayOf } from "../backtest/mod.ts";
import type { CandleColumns } from "../market/mod.ts";
import { quantityToNumber } from "../money/mod.ts";
import type { ClientOrderId, OrderIntent, OrderState, VenueEvent } from "../orders/mod.ts";
import type { RiskRule } from "../risk/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { Command, Trader } from "../trader/mod.ts";
import type { RandomAccount } from "./random_account.ts";

/** Something that happened, with the close that it came after: −1 before the first. */
export interface Happened {
  readonly afterClose: number;
  readonly event: VenueEvent;
}

export interface WatchedRun extends Replay {
  readonly account: RandomAccount;
  readonly happened: readonly Happened[];
  readonly commands: readonly Command[];
  /** Closing times of the candle groups that were decided on. */
  readonly closes: readonly number[];
  /** Every intent as it was when it had passed all rules, each time that it had. */
  readonly approved: ReadonlyMap<ClientOrderId, readonly OrderIntent[]>;
  /** All states that each order was seen in, in order. */
  readonly states: ReadonlyMap<ClientOrderId, readonly OrderState[]>;
}

/** Replays an account and watches. `observer` may do so, too. */
export function watchedRun(account: RandomAccount, observer: ReplayObserver = {}): WatchedRun {
  const happened: Happened[] = [], commands: Command[] = [], closes: number[] = [];
  const approved = new Map<ClientOrderId, OrderIntent[]>(), states = new Map<ClientOrderId, OrderState[]>();
  let trader: Trader | null = null;
  const see = () => {
    for (const orders of [trader!.state.orders, trader!.state.recent]) {
      for (const { intent, state } of orders) {
        const seen = states.get(intent.clientOrderId);
        if (seen === undefined) states.set(intent.clientOrderId, [state]);
        else if (seen[seen.length - 1] !== state) seen.push(state);
      }
    }
  };
  const replay = replayAccount(account, {
    begun(own) {
      trader = own;
      // The last of all rules is asked about what has passed the others.
      const witness: RiskRule = (intent) => {
        const before = approved.get(intent.clientOrderId);
        if (before === undefined) approved.set(intent.clientOrderId, [intent]);
        else before.push(intent);
        return null;
      };
      (own.config.rules as RiskRule[]).push(witness);
      observer.begun?.(own);
    },
    decided(own, group) {
      see();
      closes.push(group.closeTimeMs);
      return observer.decided?.(own, group) ?? true;
    },
    command(command) {
      see();
      commands.push(command);
      observer.command?.(command);
    },
    news(event) {
      see();
      happened.push({ afterClose: closes.length - 1, event });
      observer.news?.(event);
    },
  });
  see();
  return { ...replay, account, happened, commands, closes, approved, states };
}

/** Replays an account. */
export function replayAccount({ spec, strategies, candles, feeds }: RandomAccount, observer?: ReplayObserver): Replay {
  return replayOf(spec, strategies, candles, -Infinity as TimestampMs, undefined, observer, {}, feeds);
}

/** The candles that orders in a market meet: the finer ones where there are any. */
export function metColumns({ candles }: RandomAccount, instrument: string): CandleColumns {
  return candles.findLast((own) => own.instrument.id === instrument)!;
}

/** Row of the candle in which an execution happened, among those that orders meet. */
export function metRow(met: CandleColumns, event: Extract<VenueEvent, { kind: "fill" }>): number {
  const rule = event.basis!.rule;
  // At a close, of the candle that ended there; and a market that has ended was left at its last one.
  const isClose = rule === "this-close" || rule === "previous-close" || rule === "delisted";
  let row = 0;
  while (
    row + 1 < met.length &&
    (isClose ? met.openTimeMs[row + 1]! < event.timeMs : met.openTimeMs[row + 1]! <= event.timeMs)
  ) row++;
  return row;
}

/** What was traded so far of each order, base units. */
export function unitsOf(event: Extract<VenueEvent, { kind: "fill" }>): number {
  return quantityToNumber(event.fill.quantity);
}
