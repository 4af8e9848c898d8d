// What a notebook says of the markets of a backtest.
import { InputError } from "./errors/mod.ts";
import { type Instrument, type InstrumentOptions, statedTerms } from "./market/mod.ts";

/** Kind, grid, fees and margin tiers of a market. */
export type MarketTerms = Omit<InstrumentOptions, "exchange" | "symbol">;

/** Terms of single markets, by symbol or id. */
export type TermsByMarket = Readonly<Record<string, MarketTerms>>;

/**
 * Markets as a run spec has them: what their instruments say, then what is said of all of them, then of each.
 *
 * @throws {InputError} `markets` when terms name a market that the backtest does not trade.
 */
export function marketTerms(
  instruments: readonly Instrument[],
  { market, markets = {} }: { readonly market?: MarketTerms; readonly markets?: TermsByMarket },
): InstrumentOptions[] {
  const unknown = Object.keys(markets).find((name) =>
    !instruments.some(({ id, symbol }) => name === id || name === symbol)
  );
  if (unknown !== undefined) {
    throw new InputError(
      "markets",
      `the backtest does not trade ${unknown}: state terms of ${instruments.map(({ symbol }) => symbol).join(", ")}`,
    );
  }
  return instruments.map((own) => ({
    ...statedTerms(own),
    ...market,
    ...markets[own.symbol],
    ...markets[own.id],
    exchange: own.exchange,
    symbol: own.symbol,
  }));
}
