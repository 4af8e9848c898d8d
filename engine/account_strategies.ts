// Several strategies on one account, as a notebook says it.
import type { RunSpecInput, StrategyLookup } from "./backtest/mod.ts";
import { InputError } from "./errors/mod.ts";
import type { Sizing } from "./orders/mod.ts";
import type { ParameterValue, Strategy } from "./strategies/mod.ts";

/** A strategy that shares an account with others. */
export interface AccountStrategy {
  readonly strategy: Strategy;
  readonly params?: Readonly<Record<string, ParameterValue>>;
  /** Its name on the account: the strategy's own unless stated. */
  readonly id?: string;
  /** Share of the equity that its sizes count from and that it may bind: 0.25 is a quarter. */
  readonly budget?: number;
  /** Symbols of the markets that it trades; all without. */
  readonly markets?: readonly string[];
  /** Coarser than the candles: it decides when a candle of this length ends. */
  readonly timeframe?: string;
  readonly sizing?: Sizing;
}

/** What a run spec says of who trades: one strategy with its parameters, or several. */
export function tradedBy(
  strategies: Strategy | readonly AccountStrategy[],
  { params, overlappingBudgets }: {
    readonly params?: Readonly<Record<string, ParameterValue>>;
    readonly overlappingBudgets?: boolean;
  },
): Pick<RunSpecInput, "strategy" | "params" | "strategies" | "overlappingBudgets"> {
  if ("bind" in strategies) return { strategy: strategies.id, params: { ...params } };
  if (params !== undefined) {
    throw new InputError(
      "strategies",
      "params of the whole run belong to one strategy: of several, each states its own",
    );
  }
  return {
    strategies: strategies.map(({ strategy, budget, markets, ...own }) => ({
      ...own,
      strategy: strategy.id,
      params: { ...own.params },
      ...(budget === undefined ? {} : { budgetFraction: budget }),
      ...(markets === undefined ? {} : { markets: [...markets] }),
    })),
    ...(overlappingBudgets === undefined ? {} : { overlappingBudgets }),
  };
}

/**
 * Finds them by their ids.
 *
 * @throws {InputError} `strategies` when two different ones have one id: a run names them by it.
 */
export function lookupOf(strategies: Strategy | readonly AccountStrategy[]): StrategyLookup {
  const all = "bind" in strategies ? [strategies] : strategies.map(({ strategy }) => strategy);
  return (id) => {
    const [found, ...others] = new Set(all.filter((strategy) => strategy.id === id));
    if (others.length === 0) return found!;
    throw new InputError(
      "strategies",
      `two different strategies have the id ${id}: define one of them under another id`,
    );
  };
}
