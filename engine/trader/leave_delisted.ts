import { absoluteQuantity } from "../money/mod.ts";
import type { Command } from "./command.ts";
import { requestClose, withdrawEntries } from "./decide.ts";
import type { Trader } from "./trader.ts";

/** Closes what is held in markets that have ended, whatever was decided there before, and takes back what waits. */
export function leaveDelisted(trader: Trader, commands: Command[]): void {
  const { config, state } = trader;
  if (config.listings === undefined) return;
  for (let book = 0; book < state.books.length; book++) {
    const { instrument } = config.books[book]!;
    const listing = config.listings[instrument] ?? null;
    if (listing === null || state.nowMs < listing.delistedAtMs) continue;
    // Less than a lot cannot be sold anywhere.
    if (absoluteQuantity(state.books[book]!.position) >= config.instruments[instrument]!.lot) {
      requestClose(trader, book, { kind: "close", reason: "delisted" }, commands);
    } else if (state.orders.length > 0) withdrawEntries(trader, book, commands);
  }
}
