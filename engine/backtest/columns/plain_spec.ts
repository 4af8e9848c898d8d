// Which runs the column path can trade, and what their spec comes to there.
import { usesMargin } from "../../market/mod.ts";
import { notionalFromNumber, notionalToNumber } from "../../money/mod.ts";
import type { PlainSizing, Sizing } from "../../orders/mod.ts";
import { canonicalJson } from "../../identity/mod.ts";
import { costsOf, defaultRules } from "../../simulator/mod.ts";
import { tradedInstrument } from "../account_terms.ts";
import type { RunSpec } from "../run_spec.ts";
import type { ColumnTerms } from "./column_terms.ts";
import { whyNotExact } from "./exact_account.ts";

/** The terms on which every trial of a spec trades, or why the column path cannot: then the event path has to. */
export function plainTerms(spec: RunSpec): ColumnTerms | string {
  const why = whyNotPlain(spec);
  if (why !== null) return why;
  const market = tradedInstrument(spec.markets[0]!, spec), costs = costsOf(spec.costs);
  const { flat, flatSlippage, reserveFraction } = costs;
  if (flat === null || flatSlippage === null) return "its costs depend on the fill";
  const terms: ColumnTerms = {
    tick: market.tick,
    lot: market.lot,
    cash: notionalFromNumber(spec.account.cashQuote),
    minNotional: notionalToNumber(market.minNotional),
    usesMargin: usesMargin(market),
    leverage: spec.account.leverage,
    feeFromPosition: market.feeAsset === "received",
    feeDecimals: market.feeDecimals,
    makerFraction: flat.maker,
    takerFraction: flat.taker,
    slippageFraction: flatSlippage,
    reserveFraction,
    sizing: spec.sizing as PlainSizing,
  };
  return whyNotExact(terms) ?? terms;
}

function whyNotPlain(spec: RunSpec): string | null {
  const { account, costs, markets: [market] } = spec;
  if (spec.strategies !== undefined) return "several strategies share its account";
  if (spec.markets.length > 1 || spec.universe !== undefined) return "it trades several markets";
  if (spec.detail !== undefined) return "its orders meet finer candles";
  if (canonicalJson(spec.fillRules) !== canonicalJson(defaultRules)) return "its fill rules are not the default ones";
  if (account.marginMode !== undefined || account.positionMode !== undefined) return "it states a margin mode";
  if (account.funding || account.markPrice || account.borrow !== undefined) return "its account is charged";
  if (market!.kind === "inverse" || market!.contractSize !== undefined) return "its contract is not one unit";
  if (market!.marginTiers !== undefined) return "it has margin tiers";
  if (market!.listedAt !== undefined || market!.delistedAt !== undefined) return "its market is listed or delisted";
  if (Object.keys(spec.limits).length > 0 || (spec.rules?.length ?? 0) > 0) return "it states limits";
  if (costs.fees !== undefined || costs.slippage.kind === "custom") return "its costs are code";
  if (costs.fixedFeeQuote > 0) return "it has a fixed fee";
  if (costs.payFeesIn !== undefined) return "a third asset pays its fees";
  return isPlain(spec.sizing) ? null : `its sizing is ${spec.sizing.kind}`;
}

function isPlain({ kind }: Sizing): boolean {
  return ["equity-fraction", "fixed-notional", "risk-per-trade", "units"].includes(kind);
}
