// The account's own brake: no new exposure, whoever asks for it, until a person lets it go on (I10, I15).
import { requestClose, withdrawEntries } from "./decide.ts";
import type { Command } from "./command.ts";
import type { TraderEvent } from "./event.ts";
import type { TraderState } from "./state.ts";
import type { Trader } from "./trader.ts";

/** Stops new exposure; the first reason stays. Protective orders stay where they are until a position is closed. */
export function halt(
  trader: Trader,
  { reason, flatten }: Pick<Extract<TraderEvent, { kind: "halt" }>, "reason" | "flatten">,
  commands: Command[],
): void {
  const { state } = trader;
  state.halted ??= reason;
  state.version++;
  for (let book = 0; book < state.books.length; book++) {
    if (flatten) tryAgain(state, book);
    if (flatten) requestClose(trader, book, { kind: "close", reason }, commands);
    else withdrawEntries(trader, book, commands);
  }
}

/** Lets the account go on. A book stays halted for an order of which nobody knows what became of it. */
export function resume({ state }: Trader): void {
  state.halted = null;
  state.version++;
  state.books.forEach((book, i) => {
    const isUnknown = state.orders.some((order) => order.intent.book === i && order.state === "quarantined");
    if (!isUnknown) book.halted = null;
    tryAgain(state, i);
    if (book.hasFailed === true) book.hasFailed = false;
  });
}

/** A person has looked: exits are tried as if none had been lost or denied. */
function tryAgain(state: TraderState, book: number): void {
  const own = state.books[book]!;
  if (own.timesDenied !== undefined) own.timesDenied = 0;
  if (state.orders.some(({ intent, state: at }) => intent.book === book && at === "quarantined")) {
    own.lostExitsFromMs = state.nowMs;
  }
}
