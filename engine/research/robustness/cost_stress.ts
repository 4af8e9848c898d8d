// What a run would have made at other costs, and at which costs nothing is left.
import type { RunFill, RunSpec } from "../../backtest/mod.ts";
import type { Figure } from "../../metrics/mod.ts";
import type { CostSpec, SlippageSpec } from "../../simulator/mod.ts";
import type { Replayer, ReplayFigures } from "./replayer.ts";

const BPS_PER_ONE = 10_000;
/** Costs a side beyond which nobody asks: 10 % of what is traded. */
const MOST_BPS = 1_000;
const PRECISION_BPS = 0.01;

/** A run at a multiple of its own costs. */
export interface CostLevel {
  readonly multiple: number;
  readonly figures: ReplayFigures;
}

/** What costs do to a run. */
export interface CostStress {
  /** What the run paid of each side that it traded: fees, and slippage beyond the price of the candle. */
  readonly feeBps: Figure;
  readonly slippageBps: Figure;
  /** At multiples of fees and slippage as the run states them. */
  readonly levels: readonly CostLevel[];
  /** Without any costs. */
  readonly free: ReplayFigures;
  /**
   * Cost of each side, all of it a fee, at which nothing is earned: 0 where nothing is earned without costs, null where
   * even 1,000 basis points leave something.
   */
  readonly breakEvenBps: Figure;
}

/** What a run paid in fees and slippage, basis points of what it traded; null where nothing was. */
export function paidCosts(fills: readonly RunFill[]): { readonly feeBps: Figure; readonly slippageBps: Figure } {
  let traded = 0, fees = 0, slipped = 0;
  for (const { quantity, price, referencePrice, feeQuote, side } of fills) {
    traded += quantity * price;
    fees += feeQuote;
    slipped += quantity * (side === "buy" ? price - referencePrice : referencePrice - price);
  }
  if (!(traded > 0)) return { feeBps: null, slippageBps: null };
  return { feeBps: fees / traded * BPS_PER_ONE, slippageBps: slipped / traded * BPS_PER_ONE };
}

/** A spec with a multiple of its fees and slippage; rebates are not multiplied, as nobody pays more of them. */
export function multipliedCosts(spec: RunSpec, multiple: number): RunSpec {
  const times = (bps: number) => bps > 0 ? bps * multiple : bps;
  const rates = <T extends { readonly makerBps: number; readonly takerBps: number }>(own: T): T => ({
    ...own,
    makerBps: times(own.makerBps),
    takerBps: times(own.takerBps),
  });
  const { costs } = spec;
  return {
    ...spec,
    markets: spec.markets.map(({ makerBps, takerBps, ...market }) => ({
      ...market,
      ...(makerBps === undefined ? {} : { makerBps: times(makerBps) }),
      ...(takerBps === undefined ? {} : { takerBps: times(takerBps) }),
    })),
    costs: {
      ...rates(costs),
      ...(costs.tiers === undefined ? {} : { tiers: costs.tiers.map(rates) }),
      fixedFeeQuote: costs.fixedFeeQuote * multiple,
      slippage: multipliedSlippage(costs.slippage, multiple),
      ...(costs.reserveBps === undefined ? {} : { reserveBps: Math.min(BPS_PER_ONE, costs.reserveBps * multiple) }),
    },
  };
}

function multipliedSlippage(slippage: CostSpec["slippage"], multiple: number): CostSpec["slippage"] {
  if (slippage.kind === "none" || slippage.kind === "custom") return slippage;
  return Object.fromEntries(
    Object.entries(slippage).map(([name, value]) => [name, typeof value === "number" ? value * multiple : value]),
  ) as unknown as SlippageSpec;
}

/** A spec in which each side costs the same share of what is traded, and nothing else costs anything. */
export function flatCosts(spec: RunSpec, bps: number): RunSpec {
  return {
    ...spec,
    markets: spec.markets.map(({ makerBps: _, takerBps: __, ...market }) => market),
    costs: { makerBps: bps, takerBps: bps, fixedFeeQuote: 0, slippage: { kind: "none" } },
  };
}

/** The replays that {@linkcode breakEvenBps} takes at most. */
export const BREAK_EVEN_REPLAYS = 24;

/**
 * The cost of each side at which a run earns nothing, to 0.01 basis points, by halving.
 *
 * @param tick Told before each replay; false ends the search with what is known, which is null.
 */
export async function breakEvenBps(
  replayer: Replayer,
  free: ReplayFigures,
  tick: () => Promise<boolean>,
): Promise<Figure> {
  if (!(free.totalReturnFraction > 0)) return 0;
  const earns = (bps: number) => replayer.run({ spec: flatCosts(replayer.spec, bps) }).totalReturnFraction > 0;
  let below = 0, above = 10;
  for (; above <= MOST_BPS; above *= 2) {
    if (!await tick()) return null;
    if (!earns(above)) break;
    below = above;
  }
  if (above > MOST_BPS) return null;
  while (above - below > PRECISION_BPS) {
    if (!await tick()) return null;
    const middle = (below + above) / 2;
    if (earns(middle)) below = middle;
    else above = middle;
  }
  return (below + above) / 2;
}
