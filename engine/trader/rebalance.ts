// From the position that is wanted to what has to be asked for.
import { sizeNumber } from "../market/mod.ts";
import { absoluteQuantity, type Quantity, quantityFromNumber, quantityToNumber } from "../money/mod.ts";
import type { PartSize, Request } from "../strategies/mod.ts";
import { sizedEquity } from "./budget.ts";
import type { Command } from "./command.ts";
import { entryQuantity } from "./entry_size.ts";
import { cancel } from "./order_chain.ts";
import { count } from "./state.ts";
import type { Trader } from "./trader.ts";

/** The requests that bring a book's position to a size; none where the change is within the band. */
export function rebalanceRequests(
  trader: Trader,
  book: number,
  { to, bandFraction, stop, target, reason }: Extract<Request, { kind: "rebalance" }>,
  commands: Command[],
): Request[] {
  const { config, state } = trader;
  const { instrument } = config.books[book]!, market = config.instruments[instrument]!;
  const expected = expectedPosition(trader, book, commands);
  const wanted = wantedPosition(trader, book, to), change = (wanted - expected) as Quantity;
  const size = sizeNumber(market, state.marks[instrument]!, quantityToNumber(change));
  // The way out is never too small.
  if (change === 0n || (wanted !== 0n && size < bandFraction * sizedEquity(trader, book))) {
    count(state, "kept:within-band");
    return [];
  }
  const close: Request = { kind: "close", reason };
  const enter = (quantity: bigint): Request => (
    {
      kind: "enter",
      side: quantity > 0n ? "buy" : "sell",
      at: null,
      sizing: { kind: "units", units: unitsOf(quantity) },
      stop,
      target,
      reason,
    }
  );
  if (wanted === 0n) return [close];
  if ((expected > 0n && wanted < 0n) || (expected < 0n && wanted > 0n)) return [close, enter(wanted)];
  if (change > 0n === wanted > 0n) return [enter(change)];
  return [{ kind: "reduce", size: { kind: "units", units: unitsOf(change) }, at: null, reason }];
}

function unitsOf(quantity: bigint): number {
  return quantityToNumber(absoluteQuantity(quantity as Quantity));
}

function wantedPosition(trader: Trader, book: number, to: PartSize): bigint {
  const { instrument } = trader.config.books[book]!, { lot } = trader.config.instruments[instrument]!;
  const long = to.kind === "units" ? to.units >= 0 : to.fraction >= 0;
  const quantity = to.kind === "units" ? quantityFromNumber(Math.abs(to.units), lot) : entryQuantity(
    trader,
    book,
    long ? "buy" : "sell",
    trader.state.marks[instrument]!,
    { kind: "equity-fraction", fraction: Math.abs(to.fraction) },
    null,
  );
  return long ? quantity : -quantity;
}

/** The position with what is on its way to the market counted as done; entries that wait are taken back. */
function expectedPosition({ state }: Trader, book: number, commands: Command[]): bigint {
  let expected = state.books[book]!.position as bigint;
  for (const order of state.orders) {
    const { intent, quantity, filled, cancelSent } = order;
    if (intent.book !== book) continue;
    if (intent.kind !== "market") {
      if (intent.slot !== "entry") continue;
      order.amended = null;
      cancel(order, commands);
    } else if (!cancelSent) expected += intent.side === "buy" ? quantity - filled : filled - quantity;
  }
  return expected;
}
