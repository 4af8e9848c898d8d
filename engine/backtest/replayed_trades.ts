import type { CandleColumns } from "../market/mod.ts";
import { type OpenTrade, openTradeOf, type Trade, tradeOf } from "../portfolio/mod.ts";
import { heldLots, strategyIdOf } from "../trader/mod.ts";
import type { Replay } from "./replay.ts";

/**
 * The trades of a replay, and those that are still open at its end.
 *
 * @param used The candles of its instruments, in their order.
 */
export function replayedTrades(
  { trader: { config, state }, closed }: Replay,
  used: readonly CandleColumns[],
): { readonly trades: readonly Trade[]; readonly openTrades: readonly OpenTrade[] } {
  const trades = closed.map(({ book, lot }) => {
    const own = config.books[book]!;
    return tradeOf(lot, config.instruments[own.instrument]!, strategyIdOf(own), used[own.instrument]!);
  });
  const openTrades = state.books.flatMap((own, book) => {
    const { instrument } = config.books[book]!;
    const market = config.instruments[instrument]!, strategy = strategyIdOf(config.books[book]!);
    return heldLots(own).map((lot) => openTradeOf(lot, market, strategy, state.marks[instrument]!));
  });
  return { trades, openTrades };
}
