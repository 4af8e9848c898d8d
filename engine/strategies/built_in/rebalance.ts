import { InputError } from "../../errors/mod.ts";
import { WEIGHTINGS } from "../../portfolio/mod.ts";
import { MINUTE_MS, timeframe } from "../../time/mod.ts";
import type { AllocationRule, RebalanceCalendar } from "../allocation_rule.ts";
import { BaseStrategy } from "../base_strategy.ts";
import { choice, integer, number, type ValuesOf } from "../parameter.ts";
import { defineStrategy } from "../strategy.ts";

const params = {
  weights: choice({ default: "equal", choices: WEIGHTINGS }),
  lookback: integer({ default: 90, min: 2, max: 5_000 }),
  maxWeight: number({ default: 1, min: 0.001, max: 1 }),
  every: integer({ default: 1, min: 1, max: 366 }),
  unit: choice({ default: "month", choices: ["day", "week", "month", "never"] }),
  atMinute: integer({ default: 0, min: 0, max: 1_439 }),
  band: number({ default: 0, min: 0, max: 10 }),
  bandKind: choice({ default: "absolute", choices: ["absolute", "relative"] }),
  cashFraction: number({ default: 0, min: 0, max: 0.99 }),
  minTradeQuote: number({ default: 10, min: 0, max: 1e9 }),
  riskAversion: number({ default: 3, min: 0, max: 1_000 }),
};

/** Asks for nothing market by market: all of it is the division of the equity. */
class Rebalance extends BaseStrategy {
  readonly series = [];

  constructor(override readonly allocation: AllocationRule) {
    super();
  }

  override decide(): void {}
}

/**
 * Holds all its markets in shares of the equity and brings them back to these shares: `every` so many days, weeks (from
 * Monday) or months at `atMinute` of the day, UTC, and as soon as one is off by more than `band`, of the equity or,
 * relative, of its own share; a band of 0 is none.
 *
 * Believes that nobody knows which market will rise, that risk can be told from the past and returns cannot, and that
 * prices that ran apart come back some way. It earns by diversification. It loses with all of them in a crash, when they
 * move as one, and sells what goes on rising to buy what goes on falling.
 */
export const rebalance = defineStrategy({
  id: "rebalance",
  summary: "Nobody knows which will rise: holds all markets in fixed or risk-based shares, and restores them",
  params,
  create: (values) => new Rebalance(allocationOf(values)),
});

function allocationOf(values: ValuesOf<typeof params>): AllocationRule {
  const { weights, band, bandKind, lookback, maxWeight, cashFraction, minTradeQuote, riskAversion } = values;
  const calendar = calendarOf(values);
  if (calendar === null && band === 0) {
    throw new InputError("rebalance", "nothing makes it trade: set unit to day, week or month, or band above 0");
  }
  return {
    weighting: weights,
    lookback,
    maxWeight,
    cashFraction,
    calendar,
    band: band === 0 ? null : { kind: bandKind, width: band },
    minTradeQuote,
    riskAversion,
  };
}

function calendarOf({ every, unit, atMinute }: ValuesOf<typeof params>): RebalanceCalendar | null {
  if (unit === "never") return null;
  if (unit === "month" && 12 % every !== 0) {
    throw new InputError("rebalance", `${every} months do not divide a year: use 1, 2, 3, 4, 6 or 12`);
  }
  const letter = { day: "d", week: "w", month: "M" }[unit];
  return { every: timeframe(`${every}${letter}`), offsetMs: atMinute * MINUTE_MS };
}
