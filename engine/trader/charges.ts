// What the venue does to an account without an order: funding, interest, and the end of a position without margin.
import { settlementAsset } from "../market/mod.ts";
import { absoluteQuantity, type Fee, type Notional, notionalToNumber } from "../money/mod.ts";
import { type Liquidation, liquidationFill, type PositionCharge, type PositionSide } from "../orders/mod.ts";
import { addCash, applyToAccount, chargeLots, type Lot } from "../portfolio/mod.ts";
import type { Command } from "./command.ts";
import { closeLots, refreshPosition, settleBook } from "./position_news.ts";
import { count, wasApplied } from "./state.ts";
import type { Trader } from "./trader.ts";

/** Takes a charge from the cash, once, and shares it among the open lots that it is for. */
export function onCharge(trader: Trader, charge: PositionCharge, commands: Command[]): void {
  if (wasApplied(trader.state, charge.id)) return;
  const { state } = trader;
  const books = booksOf(trader, charge.instrument, charge.side);
  addCash(state.account, -charge.amount as Notional);
  state.version++;
  count(state, charge.what);
  const lots: Lot[] = [];
  for (const book of books) lots.push(...state.books[book]!.lots);
  if (chargeLots(lots, charge.what, charge.amount)) return;
  commands.push({
    kind: "alarm",
    code: "charge-without-position",
    message: `${charge.id} took ${notionalToNumber(charge.amount)}, and there is no position of ours that it is for`,
  });
}

/**
 * Closes every book of a position that the venue liquidated, at its price and as its exit reason. Books of one position
 * are netted at the venue: those of the other side end with it. The account takes what the venue says as one fill.
 */
export function onLiquidation(trader: Trader, liquidation: Liquidation, commands: Command[]): void {
  if (wasApplied(trader.state, liquidation.id)) return;
  const { config, state } = trader;
  const books = booksOf(trader, liquidation.instrument, liquidation.side)
    .filter((book) => state.books[book]!.position !== 0n);
  const instrument = config.instruments.findIndex((market) => market.id === liquidation.instrument);
  state.version++;
  count(state, "liquidations");
  const market = config.instruments[instrument]!, asset = settlementAsset(market);
  applyToAccount(state.account, instrument, liquidationFill(liquidation, asset), market);
  let restFee = liquidation.fee as bigint, rest = 0n;
  for (const book of books) rest += absoluteQuantity(state.books[book]!.position);
  for (const book of books) {
    const { position } = state.books[book]!, size = absoluteQuantity(position);
    const fee = size === rest ? restFee : restFee * size / rest;
    restFee -= fee;
    rest -= size;
    closeLots(
      trader,
      book,
      liquidationFill(liquidation, asset, { position, fee: fee as Fee }),
      "liquidation",
      commands,
    );
    refreshPosition(trader, book);
    settleBook(trader, book, commands);
  }
}

function booksOf({ config }: Trader, id: string, side: PositionSide): number[] {
  const found: number[] = [];
  config.books.forEach((book, i) => {
    if (config.instruments[book.instrument]!.id === id && (side === "both" || book.side === side)) found.push(i);
  });
  return found;
}
