import { z } from "zod";
import { InputError } from "../../errors/mod.ts";
import type { InstrumentOptions } from "../../market/mod.ts";
import { isCoarserOrEqual, timeframe } from "../../time/mod.ts";
import { inOrder } from "../market_order.ts";
import type { StrategySpec } from "../run_spec.ts";
import { sizing } from "./sizing.ts";

/** Parameters of a strategy in a run spec. */
export const params = z.record(z.string(), z.union([z.number(), z.string(), z.boolean()]));

/** Strategies of a run spec that share its account. */
export const strategies = z.array(z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, { error: "use lower case and dashes, as in trend-btc" }).optional(),
  strategy: z.string(),
  params: params.default({}),
  markets: z.array(z.string()).min(1).optional(),
  timeframe: z.string().optional(),
  budgetFraction: z.number().positive().optional(),
  sizing: sizing.unwrap().optional(),
})).min(1).max(1_000);

/** A sum of shares such as 0.7 + 0.2 + 0.1 may be off by the last bit. */
const WHOLE = 1 + 1e-9;

interface Shared {
  readonly markets: readonly InstrumentOptions[];
  readonly timeframe: string;
  readonly overlappingBudgets: boolean;
}

/**
 * Names every strategy, puts them in the order of their names and their markets in that of the instruments' ids, so
 * that the order in which they were written decides nothing.
 *
 * @throws {InputError} `run-spec` for a name used twice, a market or timeframe that does not fit, budgets beyond 1.
 */
export function checkedStrategies(given: z.output<typeof strategies>, shared: Shared): StrategySpec[] {
  const named = given.map(({ id, ...rest }) => ({ id: id ?? rest.strategy, ...rest }));
  const twice = named.find(({ id }, i) => named.findIndex((other) => other.id === id) < i);
  if (twice) {
    throw new InputError(
      "run-spec",
      `two strategies of the run spec are called ${twice.id}: give each an "id" of its own`,
    );
  }
  const budgets = named.reduce((sum, { budgetFraction = 0 }) => sum + budgetFraction, 0);
  if (budgets > WHOLE && !shared.overlappingBudgets) {
    throw new InputError(
      "run-spec",
      `the budgets of the strategies add up to ${
        Number(budgets.toFixed(9))
      } of the equity: lower them to 1 in sum, or state "overlappingBudgets": true`,
    );
  }
  return inOrder(named.map((own) => checkedStrategy(own, shared)), ({ id }) => id);
}

function checkedStrategy(
  { id, strategy, params, ...rest }: Omit<z.output<typeof strategies>[number], "id"> & { id: string },
  shared: Shared,
): StrategySpec {
  if (rest.timeframe !== undefined && !isCoarserOrEqual(timeframe(rest.timeframe), timeframe(shared.timeframe))) {
    throw new InputError(
      "run-spec",
      `strategy ${id} cannot decide on ${rest.timeframe} where the run has ${shared.timeframe} candles: choose a coarser timeframe for it, or a finer one for the run`,
    );
  }
  const markets = rest.markets?.map((name) => marketId(name, id, shared.markets));
  return {
    id,
    strategy,
    params,
    ...(markets === undefined ? {} : { markets: inOrder([...new Set(markets)], (name) => name) }),
    ...(rest.timeframe === undefined ? {} : { timeframe: rest.timeframe }),
    ...(rest.budgetFraction === undefined ? {} : { budgetFraction: rest.budgetFraction }),
    ...(rest.sizing === undefined ? {} : { sizing: rest.sizing }),
  };
}

/** `binance:BTC/USDT` of that, or of `BTC/USDT` where one exchange has it. */
function marketId(name: string, strategy: string, markets: readonly InstrumentOptions[]): string {
  const ids = markets.map(({ exchange, symbol }) => ({ id: `${exchange}:${symbol}`, symbol }));
  const found = ids.filter(({ id, symbol }) => id === name || symbol === name);
  if (found.length === 1) return found[0]!.id;
  const known = ids.map(({ id }) => id).join(", ");
  throw new InputError(
    "run-spec",
    `strategy ${strategy} names the market ${name}, which the run spec has ${
      found.length === 0 ? "not" : "on several exchanges"
    }: use one of ${known}`,
  );
}
