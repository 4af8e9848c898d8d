// What a sizing that looks at the market or at the strategy's trades comes to at a decision.
import { atr } from "../indicators/mod.ts";
import { type Instrument, profitNumber } from "../market/mod.ts";
import type { AdaptiveSizing, PlainSizing, Sizing } from "../orders/mod.ts";
import type { Series } from "../series/mod.ts";
import type { Timeframe } from "../time/mod.ts";
import { realisedVolatility } from "./realised_volatility.ts";
import type { Refusal } from "./risk_rule.ts";

/** What an adaptive sizing is computed from, all known at the close of the decision. */
export interface SizingFacts {
  readonly instrument: Instrument;
  /** Expected price of the entry, and on which side of it the loss lies: −1 below, for a long. Quote units. */
  readonly price: number;
  readonly away: 1 | -1;
  /** Equity of the account, quote units. */
  readonly equity: number;
  /** Value of the sizing's series at this candle; NaN while unknown, and for a sizing without one. */
  readonly value: number;
  /** Returns of the strategy's closed trades, latest last, after fees; asked for by `kelly` only. */
  returns(): readonly number[];
}

/**
 * The series that a sizing reads of the entry's own market: one or none. The engine evaluates it beside the strategy's
 * own and loads its look-back.
 */
export function sizingSeries(sizing: Sizing, timeframe: Timeframe): Series[] {
  switch (sizing.kind) {
    case "volatility-target":
      return [realisedVolatility(sizing.lookbackCandles, timeframe)];
    case "atr-risk":
      return [atr(sizing.atrLength)];
    default:
      return [];
  }
}

/** The sizing as one that needs the account alone, or why there is no size now. */
export function plainSizing(sizing: Sizing, facts: SizingFacts): PlainSizing | Refusal {
  switch (sizing.kind) {
    case "volatility-target":
      return volatilityTarget(sizing, facts.value);
    case "atr-risk":
      return atrRisk(sizing, facts);
    case "kelly":
      return kelly(sizing, facts.returns());
    default:
      return sizing;
  }
}

type Of<K extends AdaptiveSizing["kind"]> = Extract<AdaptiveSizing, { kind: K }>;

const unknown = (what: string): Refusal => ({ code: "size-unknown", reason: `the ${what} is not known yet` });

function volatilityTarget(
  { annualVolatilityFraction, maxFraction, lookbackCandles }: Of<"volatility-target">,
  volatility: number,
): PlainSizing | Refusal {
  if (volatility !== volatility) return unknown(`volatility of the last ${lookbackCandles} candles`);
  // A market that stood still gives the largest size.
  return { kind: "equity-fraction", fraction: Math.min(annualVolatilityFraction / volatility, maxFraction) };
}

function atrRisk({ fraction, atrMultiple, atrLength }: Of<"atr-risk">, facts: SizingFacts): PlainSizing | Refusal {
  const { instrument, price, away, equity, value } = facts;
  if (!(value > 0)) return unknown(`average true range of ${atrLength} candles`);
  const loss = Math.abs(profitNumber(instrument, price, price + away * atrMultiple * value, 1));
  return { kind: "units", units: equity * fraction / loss };
}

function kelly(
  { multiplier, maxFraction, minTrades, lookbackTrades, fallbackFraction }: Of<"kelly">,
  all: readonly number[],
): PlainSizing | Refusal {
  const returns = all.slice(-lookbackTrades);
  if (returns.length < minTrades) return { kind: "equity-fraction", fraction: fallbackFraction };
  const full = kellyFraction(returns);
  if (full > 0) return { kind: "equity-fraction", fraction: Math.min(multiplier * full, maxFraction) };
  const reason = `Kelly's share of its last ${returns.length} trades is ${Number((full * 100).toFixed(2))} %`;
  return { code: "no-edge", reason };
}

/** W − (1 − W) ÷ payoff, with the share W of winning trades; without a loss, W. */
function kellyFraction(returns: readonly number[]): number {
  let wins = 0, won = 0, losses = 0, lost = 0;
  for (const own of returns) {
    if (own > 0) {
      wins++;
      won += own;
    } else if (own < 0) {
      losses++;
      lost -= own;
    }
  }
  const share = wins / returns.length;
  if (losses === 0) return share;
  if (wins === 0) return -Infinity;
  return share - (1 - share) / ((won / wins) / (lost / losses));
}
