// What a trader is told by a run spec: the same for a backtest and for a session on a venue, which is why they decide alike.
import { type Instrument, instrument, type Listing } from "../market/mod.ts";
import { notionalFromNumber } from "../money/mod.ts";
import { correlationCandles, customRules, limitRules, preTradeRules, withinBudget } from "../risk/mod.ts";
import { type Costs, costsOf } from "../simulator/mod.ts";
import { timeframe, type TimestampMs } from "../time/mod.ts";
import { DEFAULT_TIMING, type TraderConfig, type VenueTiming } from "../trader/mod.ts";
import { positionRulesOf } from "./account_terms.ts";
import type { RunFunctions } from "./run_functions.ts";
import type { RunSpec } from "./run_spec.ts";
import { type BoundStrategies, plannedStrategies } from "./strategy_plan.ts";

/** What only the place knows where the spec is traded. */
export interface TradingPlace {
  /** Tag that begins the names of its orders. */
  readonly session: string;
  /** The spec's markets first, then those that strategies only read. */
  readonly instruments: readonly Instrument[];
  readonly listings?: readonly (Listing | null)[];
  readonly tradeFromMs: TimestampMs;
  readonly functions?: RunFunctions;
  readonly timing?: VenueTiming;
  /** See {@linkcode TraderConfig.canMove}. */
  readonly canMove?: boolean;
}

/** The trader of a run spec. */
export function traderConfigOf(
  spec: RunSpec,
  strategies: BoundStrategies,
  { session, instruments, listings, tradeFromMs, functions = {}, timing = DEFAULT_TIMING, canMove }: TradingPlace,
): TraderConfig {
  const positions = positionRulesOf(spec), costs = costsOf(spec.costs, functions);
  const sides = positions?.positionMode === "hedge" ? [{ side: "long" }, { side: "short" }] as const : [{}];
  const { leverage, exitsLock } = spec.account;
  // On posted margin a fee takes as much of the funds as margin for that much more.
  const reserveFraction = reserveOf(spec, costs) * (positions?.marginMode === undefined ? 1 : leverage);
  return {
    session,
    instruments,
    ...(listings === undefined ? {} : { listings }),
    ...(spec.universe ? { universe: { ...spec.universe, every: timeframe(spec.universe.every) } } : {}),
    timeframe: timeframe(spec.timeframe),
    books: plannedStrategies(spec, strategies).flatMap(({ markets, ...own }) =>
      markets.flatMap((market) => sides.map((side) => ({ ...own, ...side, instrument: market })))
    ),
    cash: notionalFromNumber(spec.account.cashQuote),
    ...feeBalanceOf(costs),
    leverage,
    sizing: spec.sizing,
    sizeAt: spec.fillRules.sizeAt,
    ...(canMove === undefined ? {} : { canMove }),
    ...(exitsLock === undefined ? {} : { exitsLock }),
    ...(spec.fillRules.trailing === undefined ? {} : { trailing: "venue" as const }),
    reserveFraction,
    rules: [
      ...preTradeRules(spec.limits, reserveFraction),
      withinBudget,
      ...limitRules(spec.limits),
      ...customRules(spec.rules ?? [], functions.rules ?? []),
    ],
    correlationCandles: correlationCandles(spec.limits),
    tradeFromMs,
    timing,
  };
}

/** What an entry sets aside of its price for costs: enough for the dearest of the markets. */
function reserveOf(
  { costs: { reserveBps }, markets }: RunSpec,
  { reserveFraction, feeReserveFraction }: Costs,
): number {
  const dearest = Math.max(...markets.map((own) => instrument(own).feeRates?.taker ?? feeReserveFraction));
  if (reserveBps !== undefined || dearest === feeReserveFraction) return reserveFraction;
  return reserveFraction - feeReserveFraction + Math.max(0, dearest);
}

function feeBalanceOf({ payFeesIn }: Costs): Pick<TraderConfig, "feeBalance"> {
  if (payFeesIn === null) return {};
  const { asset, balance, prices } = payFeesIn;
  return { feeBalance: { asset, amount: balance, prices } };
}
