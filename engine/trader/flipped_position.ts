import { usesMargin } from "../market/mod.ts";
import type { Command } from "./command.ts";
import { requestClose } from "./decide.ts";
import type { Trader } from "./trader.ts";

/** More was sold than there was, as where a stop and a target both filled, or a purchase was taken back: what is missing is bought back (faults 29 and 30). */
export function closeFlipped(trader: Trader, book: number, commands: Command[]): void {
  const { config, state } = trader;
  const own = state.books[book]!, market = config.instruments[config.books[book]!.instrument]!;
  if (own.position >= 0n || own.closing !== null || usesMargin(market)) return;
  own.halted = "more was sold than there was";
  commands.push({ kind: "alarm", code: "flipped", message: `${market.symbol}: ${own.halted}, it is bought back` });
  requestClose(trader, book, { kind: "close", reason: "flipped" }, commands);
}
