// A run spec's strategies as the engine runs them: the one form and the form of several become the same list.
import { InputError } from "../errors/mod.ts";
import { identityOf } from "../identity/mod.ts";
import type { Sizing } from "../orders/mod.ts";
import { compileStream } from "../series/mod.ts";
import type { BoundStrategy, ParameterValue } from "../strategies/mod.ts";
import { type Timeframe, timeframe } from "../time/mod.ts";
import type { RunSpec } from "./run_spec.ts";

/** One strategy of a run, with its markets. */
export interface PlannedStrategy {
  /** Its name on the account. */
  readonly id: string;
  readonly strategy: BoundStrategy;
  /** Numbers of its markets in the run spec. */
  readonly markets: readonly number[];
  readonly timeframe: Timeframe;
  readonly sizing?: Sizing;
  readonly budgetFraction?: number;
}

/** One strategy, or those of a run spec in the order in which it has them: what {@linkcode bindStrategies} gives. */
export type BoundStrategies = BoundStrategy | readonly BoundStrategy[];

/** Something that makes a strategy of parameters, by the strategy's id; throws where there is none of that id. */
export type StrategyLookup = (id: string) => { bind(values: Readonly<Record<string, ParameterValue>>): BoundStrategy };

/** The strategies of a spec with their parameters, in its order. */
export function bindStrategies(spec: RunSpec, find: StrategyLookup): BoundStrategy[] {
  return spec.strategies?.map(({ strategy, params }) => find(strategy).bind(params)) ??
    [find(spec.strategy!).bind(spec.params!)];
}

/**
 * Who trades what on the account, by name.
 *
 * @throws {InputError} `strategies` when the bound ones are not those of the spec, in its order.
 */
export function plannedStrategies(spec: RunSpec, bound: BoundStrategies): PlannedStrategy[] {
  const strategies = "create" in bound ? [bound] : bound;
  const everywhere = spec.markets.map((_, i) => i), base = timeframe(spec.timeframe);
  if (spec.strategies === undefined && strategies.length === 1) {
    const [strategy] = strategies as [BoundStrategy];
    return [{ id: strategy.id, strategy, markets: everywhere, timeframe: base }];
  }
  const stated = spec.strategies ?? [];
  if (stated.length !== strategies.length || stated.some((own, i) => own.strategy !== strategies[i]!.id)) {
    throw new InputError(
      "strategies",
      `the run spec has the strategies ${stated.map((own) => own.strategy).join(", ")}, and not ${
        strategies.map(({ id }) => id).join(", ")
      }: bind them with bindStrategies(spec, …)`,
    );
  }
  return stated.map(({ id, markets, timeframe: own, sizing, budgetFraction }, i) => ({
    id,
    strategy: strategies[i]!,
    markets: markets === undefined
      ? everywhere
      : everywhere.filter((market) => markets.includes(marketIdOf(spec, market))),
    timeframe: own === undefined ? base : timeframe(own),
    ...(sizing === undefined ? {} : { sizing }),
    ...(budgetFraction === undefined ? {} : { budgetFraction }),
  }));
}

/** Exchange and symbol of a market of a spec. */
export function marketIdOf({ markets }: RunSpec, market: number): string {
  const { exchange, symbol } = markets[market]!;
  return `${exchange}:${symbol}`;
}

/** Symbols that strategies only read, each with the exchange of the market that it is read for. */
export function onlyRead(spec: RunSpec, planned: readonly PlannedStrategy[]): { exchange: string; symbol: string }[] {
  const found = new Map<string, { exchange: string; symbol: string }>();
  for (const { strategy, markets, timeframe } of planned) {
    for (const market of markets) {
      const { exchange, symbol: own } = spec.markets[market]!;
      for (const symbol of compileStream(strategy.series, timeframe, own).symbols) {
        found.set(`${exchange}:${symbol}`, { exchange, symbol });
      }
    }
  }
  spec.markets.forEach((_, market) => found.delete(marketIdOf(spec, market)));
  return [...found.keys()].sort().map((id) => found.get(id)!);
}

/** Identity of the rules or code of a run: the strategy's own, or one over all of them with their names. */
export function hashOfStrategies(spec: RunSpec, bound: BoundStrategies): string {
  const planned = plannedStrategies(spec, bound);
  if (spec.strategies === undefined) return planned[0]!.strategy.hash;
  return identityOf(planned.map(({ id, strategy }) => ({ id, hash: strategy.hash })));
}
