import type { Command } from "./command.ts";
import { requestClose, withdrawEntries } from "./decide.ts";
import type { Trader } from "./trader.ts";

/** Takes back what waits in markets that are outside, and closes what is held there where that is wanted. */
export function leaveOutside(trader: Trader, commands: Command[]): void {
  const { config, state } = trader;
  for (let book = 0; book < state.books.length; book++) {
    if (state.universe!.members[config.books[book]!.instrument] === 1) continue;
    if (config.universe!.onLeave === "close" && state.books[book]!.position !== 0n) {
      requestClose(trader, book, { kind: "close", reason: "left-universe" }, commands);
    } else withdrawEntries(trader, book, commands);
  }
}
