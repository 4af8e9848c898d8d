// What moves an account without an order of ours: transfers, fees that the venue corrects, trades that it takes back.
import {
  addNotional,
  AMOUNT_DECIMALS,
  AMOUNTS_PER_UNIT,
  type Fee,
  formatDecimal,
  type Notional,
  type Price,
  type Quantity,
  ZERO_NOTIONAL,
} from "../money/mod.ts";
import { type Adjustment, bustIdOf, type ClientOrderId, type Fill } from "../orders/mod.ts";
import { addCash, applyToAccount } from "../portfolio/mod.ts";
import type { Command } from "./command.ts";
import { closeFlipped } from "./flipped_position.ts";
import { closeLots, leaveDust, refreshPosition, settleBook } from "./position_news.ts";
import { count, findOrder, type TraderState, wasApplied } from "./state.ts";
import type { Trader } from "./trader.ts";

/**
 * Takes a change of a balance in, once: cash where it is the account's quote asset, else beside what trades have brought.
 * What is missing of a base asset beyond that is missing of the position: an order for all of it would be refused.
 */
export function onAdjusted(trader: Trader, { id, asset, amount, reason }: Adjustment, commands: Command[]): void {
  if (wasApplied(trader.state, id)) return;
  const { state, config: { instruments } } = trader;
  state.version++;
  count(state, "adjustments");
  if (instruments.some(({ quote }) => quote === asset)) addCash(state.account, amount);
  else {
    addExternal(state, asset, amount);
    takeFromPositions(trader, asset, id, commands);
  }
  const text = formatDecimal(amount, AMOUNT_DECIMALS);
  commands.push({ kind: "alarm", code: "adjustment", message: `${text} ${asset}: ${reason}` });
}

/** Adds to what the account has of an asset beside what its trades have brought. */
export function addExternal(state: TraderState, asset: string, amount: Notional): void {
  state.external[asset] = addNotional(state.external[asset] ?? ZERO_NOTIONAL, amount);
}

/** Takes a fee out of a third asset that is no balance of the session's own; false where it is paid otherwise. */
export function payApart(state: TraderState, { feeFrom, feeAsset, fee }: Fill): boolean {
  if (feeFrom !== "third" || state.account.feeBalance !== null) return false;
  addExternal(state, feeAsset, -fee as bigint as Notional);
  return true;
}

/** Lets positions bear what an asset lacks, as if it had been sold for nothing. */
export function takeFromPositions(trader: Trader, asset: string, id: string, commands: Command[]): void {
  const { config, state } = trader;
  for (let book = 0; book < config.books.length; book++) {
    const missing = -(state.external[asset] ?? 0n) / AMOUNTS_PER_UNIT, own = state.books[book]!;
    if (missing <= 0n) return;
    const { instrument } = config.books[book]!, market = config.instruments[instrument]!;
    if (market.base !== asset || market.kind !== "spot" || own.position <= 0n) continue;
    const quantity = (missing < own.position ? missing : own.position) as Quantity;
    const loss: Fill = {
      tradeId: id,
      clientOrderId: id as ClientOrderId,
      instrument: market.id,
      side: "sell",
      price: 0n as Price,
      quantity,
      fee: 0n as Fee,
      feeAsset: market.quote,
      feeFrom: "cash",
      liquidity: "taker",
      timeMs: state.nowMs,
    };
    applyToAccount(state.account, instrument, loss, market);
    closeLots(trader, book, loss, "missing at the venue", commands);
    leaveDust(trader, book, commands);
    refreshPosition(trader, book);
    addExternal(state, asset, (quantity * AMOUNTS_PER_UNIT) as bigint as Notional);
    settleBook(trader, book, commands);
  }
}

/**
 * The venue has taken a trade back: a fill of the opposite side at the same price undoes it, and its fee. History stays as
 * it is; the book takes no new exposure until a person has looked (fault 29).
 */
export function onBusted(trader: Trader, busted: Fill, commands: Command[]): void {
  const undone = undoing(busted);
  if (wasApplied(trader.state, undone.tradeId)) return;
  const { config, state } = trader;
  const record = findOrder(state, busted.clientOrderId);
  const number = config.instruments.findIndex(({ id }) => id === busted.instrument);
  const book = record?.intent.book ?? config.books.findIndex(({ instrument }) => instrument === number);
  state.version++;
  count(state, "busts");
  applyToAccount(state.account, number, undone, config.instruments[number]!);
  payApart(state, undone);
  closeLots(trader, book, undone, "busted", commands);
  leaveDust(trader, book, commands);
  refreshPosition(trader, book);
  state.books[book]!.halted = `the venue has taken trade ${busted.tradeId} back`;
  commands.push({ kind: "alarm", code: "bust", message: `${busted.clientOrderId}: ${state.books[book]!.halted}` });
  settleBook(trader, book, commands);
  closeFlipped(trader, book, commands);
}

/** The fill that undoes another one. */
export function undoing(fill: Fill): Fill {
  return {
    ...fill,
    tradeId: bustIdOf(fill.tradeId),
    side: fill.side === "buy" ? "sell" : "buy",
    fee: -fill.fee as Fee,
  };
}
