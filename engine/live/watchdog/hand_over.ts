// What a watchdog has done becomes the session's own: its orders are inputs of the session, and what became of them is asked
// of the venue, as a successor would.
import { isOfSession } from "../session_tag.ts";
import { type Alarm, TradingSession } from "../trading_session.ts";
import type { Exchange } from "../../exchanges/mod.ts";
import { isTerminal } from "../../orders/mod.ts";
import { pause, type Scheduler } from "../../time/mod.ts";
import { findOrder, hasOverdue, type TraderConfig } from "../../trader/mod.ts";
import { AccountWatch } from "../account_watch.ts";
import { ExchangeLink } from "../exchange_link.ts";
import type { SessionStore } from "../session_store.ts";
import type { SpooledOrder } from "./spool.ts";

export interface HandOverParts {
  readonly config: TraderConfig;
  readonly store: SessionStore;
  readonly epoch: number;
  readonly exchange: Pick<Exchange, "submit" | "cancel" | "order" | "openOrders" | "orders" | "fills" | "balances">;
  readonly scheduler: Scheduler;
  readonly real: Scheduler;
  readonly alarm: (alarm: Alarm) => void;
}

/** So long it may take; what is left then is a successor's. */
const LONGEST_MS = 30_000, LOOK_MS = 250, OVERLAP_MS = 120_000;

/**
 * Takes orders into the session under the lease of an epoch, and follows them until they have ended. It sends nothing and
 * takes nothing back.
 *
 * @returns Null, or why it did not come to its end.
 */
export async function handOver(parts: HandOverParts, orders: readonly SpooledOrder[]): Promise<string | null> {
  const { config, store, epoch, exchange, scheduler, real, alarm } = parts;
  const known = await store.known(orders.map(({ name }) => name));
  if (known.kind !== "done") return known.reason;
  let ended: string | null = null;
  const opened = await TradingSession.open({
    ...{ config, store, scheduler, real, epoch, alarm },
    ended: (reason) => ended = reason,
  });
  if (opened.kind !== "done") return opened.reason;
  const session = opened.value, isOurs = (id: string) => isOfSession(id, config.session);
  const refusal = () => "a watchdog hands over: the next leader sends";
  const link = new ExchangeLink({
    ...{ exchange, instruments: config.instruments, scheduler, sendMs: config.timing.sendMs, isOurs },
    gate: { refusalOf: refusal, cancelRefusal: refusal },
    find: (id) => findOrder(session.trader.state, id),
    hear: (event) => session.offer(event),
    isOfSuccessor: () => false,
    hearForeign: () => {}, // told by whoever trades
    failed: (error) => session.fail(error),
  });
  const fresh = orders.filter(({ name }) => !known.value.has(name)).map(({ order }) => order);
  const sinceMs = session.trader.state.nowMs - OVERLAP_MS;
  session.lead(link, fresh);
  const watch = new AccountWatch({
    ...{ exchange, link, trader: session.trader, fills: session.fills, scheduler, isOurs },
    isSettled: () => session.isIdle,
    offer: (event) => session.offer(event),
  });
  const untilMs = real.now() + LONGEST_MS;
  const isOpen = () => orders.some(({ name }) => !isTerminal(findOrder(session.trader.state, name)?.state ?? "absent"));
  while (ended === null && real.now() < untilMs && !(session.isIdle && link.isIdle && !isOpen())) {
    await pause(real, LOOK_MS);
    const timeMs = scheduler.now();
    if (session.waiting === 0 && hasOverdue(session.trader, timeMs)) session.offer({ kind: "timer", timeMs });
  }
  for (const market of config.instruments) await watch.readFills(market, sinceMs);
  while (ended === null && real.now() < untilMs && !session.isIdle) await pause(real, LOOK_MS);
  const reason = ended ?? (isOpen() ? "its orders have not ended yet" : null);
  session.stop("handed over");
  return reason;
}
