import { InputError } from "../errors/mod.ts";
import type { Request } from "../strategies/mod.ts";
import { beginGroup, noteClose, noteReturn } from "../risk/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import { priceAt } from "../market/mod.ts";
import { equityOf, markFeeBalance } from "../portfolio/mod.ts";
import { allocate } from "./allocate.ts";
import { onAdjusted, onBusted } from "./adjust.ts";
import type { Command } from "./command.ts";
import { strategyIdOf } from "./config.ts";
import { carryOut, closeNow, withdrawEntries } from "./decide.ts";
import type { CandleGroup, TraderEvent } from "./event.ts";
import { feed } from "./feed.ts";
import { onGuarded } from "./guard.ts";
import { halt, resume } from "./halt.ts";
import { keepSchedule } from "./keep_schedule.ts";
import { bestPriceAt, followCandle, protect } from "./protect.ts";
import { onRecovered, onTimer } from "./reconcile.ts";
import { retryExits } from "./retry_exits.ts";
import { onRegridded } from "./regrid.ts";
import { onRecorded } from "./send.ts";
import { hasLiveOrder } from "./state.ts";
import type { BookRuntime, Trader } from "./trader.ts";
import { leaveDelisted } from "./leave_delisted.ts";
import { leaveOutside } from "./leave_universe.ts";
import { followVolumes } from "./universe.ts";
import { onVenueNews } from "./venue_news.ts";
import { sendReachedExits } from "./watched_exits.ts";

/**
 * One event in, commands out: the kernel of backtest, paper and live trading. It changes the trader's state and appends
 * to `commands`, nothing else; on a candle on which nothing happens it allocates nothing.
 */
export function step(trader: Trader, event: TraderEvent, commands: Command[]): void {
  switch (event.kind) {
    case "candles":
      return onCandles(trader, event, commands);
    case "recorded":
      advance(trader, event.timeMs);
      return onRecorded(trader, event.order, commands);
    case "decision":
      advance(trader, event.timeMs);
      if (trader.config.haltsOnError === true) return carryOutOrHalt(trader, event.book, event.requests, commands);
      return carryOut(trader, event.book, event.requests, commands);
    case "leader":
      advance(trader, event.timeMs);
      trader.state.epoch = event.epoch;
      return;
    case "recovered":
      advance(trader, event.timeMs);
      return onRecovered(trader, event.sent ?? [], commands);
    case "halt":
      advance(trader, event.timeMs);
      return halt(trader, event, commands);
    case "resume":
      advance(trader, event.timeMs);
      return resume(trader);
    case "adjusted":
      advance(trader, event.timeMs);
      return onAdjusted(trader, event.adjustment, commands);
    case "busted":
      advance(trader, event.timeMs);
      return onBusted(trader, event.fill, commands);
    case "regridded":
      advance(trader, event.timeMs);
      return onRegridded(trader, event.instrument, event.grid, commands);
    case "guarded":
      advance(trader, event.timeMs);
      return onGuarded(trader, event.order, commands);
    case "timer":
      advance(trader, event.timeMs);
      onTimer(trader, commands);
      return leaveDelisted(trader, commands);
    case "retry":
      advance(trader, event.timeMs);
      return retryExits(trader, commands);
    default:
      advance(trader, event.timeMs);
      return onVenueNews(trader, event, commands);
  }
}

/** Time only goes forward, whatever the clocks of others say. */
function advance(trader: Trader, timeMs: TimestampMs): void {
  if (timeMs > trader.state.nowMs) trader.state.nowMs = timeMs;
}

/** Mark at close, then strategies in their order, then their orders. */
function onCandles(trader: Trader, group: CandleGroup, commands: Command[]): void {
  const { config, state, books } = trader;
  advance(trader, group.closeTimeMs);
  const { returns } = state.history;
  if (returns !== null) beginGroup(returns);
  for (let row = 0; row < group.count; row++) {
    const instrument = group.instrument[row]!;
    // An older candle than the last one is a revision: what was decided stands.
    if (group.openTimeMs[row]! <= state.lastOpenTimeMs[instrument]!) continue;
    if (returns !== null) noteReturn(returns, instrument, state.marks[instrument]!, group.close[row]!);
    state.marks[instrument] = group.close[row]!;
  }
  if (state.account.feeBalance !== null) {
    markFeeBalance(state.account.feeBalance, priceAt(config.feeBalance!.prices, group.closeTimeMs));
  }
  const isRanked = followVolumes(trader, group);
  const equity = equityOf(state.account, state.marks, config.instruments);
  noteClose(state.history, group.closeTimeMs, state.lastEquity, equity);
  state.lastEquity = equity;
  for (let i = 0; i < books.length; i++) {
    const seen = feed(books[i]!, group, state.lastOpenTimeMs);
    if (seen === 0) continue;
    state.books[i]!.candles += seen;
    if (books[i]!.context.openTimeMs < config.tradeFromMs || group.isLate === true) continue;
    if (config.haltsOnError === true) decideOrHalt(trader, books[i]!, i, commands);
    else decide(trader, books[i]!, i);
  }
  const { allocations, turns } = trader;
  for (let i = 0; i < allocations.length; i++) {
    allocate(trader, allocations[i]!, state.allocations![i]!, group.closeTimeMs, group.isLate === true);
  }
  for (let row = 0; row < group.count; row++) {
    const instrument = group.instrument[row]!;
    if (group.openTimeMs[row]! > state.lastOpenTimeMs[instrument]!) {
      state.lastOpenTimeMs[instrument] = group.openTimeMs[row]!;
    }
  }
  if (isRanked) leaveOutside(trader, commands);
  leaveDelisted(trader, commands);
  for (let turn = 0; turn < books.length; turn++) {
    const i = turns[turn]!;
    const { requests } = books[i]!.context;
    const own = state.books[i]!;
    if (own.positionNumber !== 0) {
      followCandle(trader, i, group, commands);
      if (config.exitsLock === true) sendReachedExits(trader, i, group, commands);
    }
    if (own.closing !== null) closeNow(trader, i, commands);
    if (own.protectAgain) protect(trader, i, commands);
    if (requests.length === 0) continue;
    if (config.haltsOnError === true) carryOutOrHalt(trader, i, requests, commands);
    else carryOut(trader, i, requests, commands);
    // One by one: to set the length to 0 gives the memory back, and takes ten times as long.
    while (requests.length > 0) requests.pop();
  }
  if (allocations.length > 0) turns.sort();
}

/** A strategy that fails is not asked again, and its book opens nothing: protection stays, others go on (fault 59). */
function decideOrHalt(trader: Trader, book: BookRuntime, index: number, commands: Command[]): void {
  const own = trader.state.books[index]!;
  if (own.hasFailed === true) return;
  try {
    decide(trader, book, index);
  } catch (error) {
    book.context.requests.length = 0;
    fail(trader, index, error, commands);
  }
}

/** Wishes that make no sense are a failure of whoever has them (fault 16); any other error is one of ours. */
function carryOutOrHalt(trader: Trader, index: number, requests: readonly Request[], commands: Command[]): void {
  try {
    carryOut(trader, index, requests, commands);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    fail(trader, index, error, commands);
  }
}

function fail(trader: Trader, index: number, error: unknown, commands: Command[]): void {
  const own = trader.state.books[index]!, { books, instruments } = trader.config, book = books[index]!;
  own.hasFailed = true;
  own.halted = `its strategy has failed: ${(error as Error).message}`;
  const { symbol } = instruments[book.instrument]!;
  commands.push({ kind: "alarm", code: "strategy-failed", message: `${symbol}, ${strategyIdOf(book)}: ${own.halted}` });
  withdrawEntries(trader, index, commands);
}

function decide(trader: Trader, book: BookRuntime, index: number): void {
  const { state } = trader;
  const own = state.books[index]!;
  const context = book.context;
  context.index = own.candles - 1;
  context.equity = state.lastEquity;
  context.position = own.positionNumber;
  context.positionsClosed = own.positionsClosed;
  context.entryPrice = own.entryPriceNumber;
  context.entryPending = state.orders.length > 0 && hasLiveOrder(state, index, "entry");
  context.memory = own.memory;
  if (own.positionNumber !== 0) {
    context.bestPrice = bestPriceAt(own, context.high, context.low, context.close);
    context.barsHeld = own.candles - own.openedAtCandle;
    context.entryTimeMs = own.lots[0]!.timeMs;
    context.stop = own.plan.stop;
    context.target = own.plan.target;
  }
  book.strategy.decide(context);
  // A strategy may fill it or put another one in its place.
  own.memory = context.memory;
  keepSchedule(book);
}
