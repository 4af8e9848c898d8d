// By what a session trades, apart from where: the part of a run spec that says so, so that what was tested is what is traded.
import { z } from "zod";
import { parseRunSpec, type RunSpec } from "../../engine/backtest/mod.ts";
import { InputError } from "../../engine/errors/mod.ts";
import type { Market } from "../../engine/exchanges/mod.ts";
import { type BoundStrategy, scheduleSeries } from "../../engine/strategies/mod.ts";

const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/** Hours at which a session opens positions, UTC; what they may be is for the schedule to say. */
export const hoursSchema = z.strictObject({
  sessions: z.array(z.strictObject({
    from: z.string(),
    to: z.string(),
    days: z.array(z.enum(WEEKDAYS)).min(1).exactOptional(),
  })).min(1),
  /** True: what is open then is closed. */
  closeAtEnd: z.boolean().exactOptional(),
});

/** See {@linkcode hoursSchema}. */
export type SessionHours = z.output<typeof hoursSchema>;

/** The strategies of a spec, each kept to hours. @throws {InputError} `session-hours` where one has hours of its own. */
export function boundWithin(strategies: readonly BoundStrategy[], hours: SessionHours | null): BoundStrategy[] {
  if (hours === null) return [...strategies];
  scheduleSeries(hours); // says what is wrong with them
  return strategies.map((own) => {
    if (own.schedule === undefined) return { ...own, schedule: hours };
    throw new InputError("session-hours", `${own.id} has hours of its own: leave out those of the session`);
  });
}

/** See {@linkcode SessionPlan}; what is in its parts is for the run spec to say. */
export const planSchema = z.strictObject({
  strategy: z.string(),
  params: z.record(z.string(), z.unknown()),
  strategies: z.array(z.looseObject({ markets: z.array(z.string()).optional() })),
  overlappingBudgets: z.boolean(),
  timeframe: z.string(),
  sizing: z.unknown(),
  limits: z.unknown(),
  costs: z.unknown(),
}).partial();

/** One strategy with its parameters, or several; how large they trade, and within which limits. */
export type SessionPlan = z.output<typeof planSchema>;

/** The candles on which a session decides unless its plan says otherwise. */
const CANDLES = "1m";

/** Terms of a market at a venue, as a session needs them. */
export type MarketTerms = Pick<Market, "symbol" | "tick" | "lot" | "minNotional">;

/** The plan of a run spec, and the symbols of its markets. @throws {InputError} `session-plan` for what a session cannot do. */
export function planOf(spec: RunSpec): { readonly plan: SessionPlan; readonly symbols: readonly string[] } {
  const { markets, account, universe, rules, strategies, strategy, params, overlappingBudgets } = spec;
  const faults: [boolean, string][] = [
    [universe !== undefined, "a universe"],
    [(rules ?? []).length > 0, "rules of your own"],
    [account.leverage !== 1 || account.borrow !== undefined, "leverage or borrowed assets"],
    [markets.some(({ kind = "spot" }) => kind !== "spot"), "contracts"],
  ];
  const found = faults.filter(([isThere]) => isThere).map(([, what]) => what);
  if (found.length > 0) {
    throw new InputError("session-plan", `the spec has ${found.join(", ")}: a session trades spot markets without`);
  }
  const { timeframe, sizing, limits, costs } = spec;
  const what = strategies === undefined ? { strategy, params } : { strategies, overlappingBudgets };
  const plan = { ...what, timeframe, sizing, limits, costs };
  return { plan: planSchema.parse(JSON.parse(JSON.stringify(plan))), symbols: markets.map(({ symbol }) => symbol) };
}

/** The run spec of a session of a plan at a venue. @throws {InputError} `run-spec` saying what is wrong with the plan. */
export function specOf(
  { strategies, ...plan }: SessionPlan,
  exchange: string,
  markets: readonly MarketTerms[],
  cashQuote: number,
): RunSpec {
  const here = (id: string) => `${exchange}:${id.slice(id.indexOf(":") + 1)}`;
  return parseRunSpec({
    timeframe: CANDLES,
    ...plan,
    ...(strategies === undefined ? {} : {
      strategies: strategies.map((own) => own.markets === undefined ? own : { ...own, markets: own.markets.map(here) }),
    }),
    markets: markets.map(({ symbol, tick, lot, minNotional }) => ({
      ...{ exchange, symbol, tick, lot },
      ...(minNotional === null ? {} : { minNotional }),
    })),
    account: { cashQuote, exitsLock: true },
  });
}

/** What trades by a plan, in words. */
export function planText({ strategy, strategies = [] }: SessionPlan): string {
  return strategy ?? strategies.map(({ id, strategy }) => `${id ?? strategy}`).join(" and ");
}
