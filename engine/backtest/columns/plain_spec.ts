// Which runs the column path can trade, and what their spec comes to there.
import { usesMargin } from "../../market/mod.ts";
import { notionalFromNumber, notionalToNumber } from "../../money/mod.ts";
import type { PlainSizing, Sizing } from "../../orders/mod.ts";
import { canonicalJson } from "../../identity/mod.ts";
import { costsOf, defaultRules } from "../../simulator/mod.ts";
import { tradedInstrument } from "../account_terms.ts";
import type { RunSpec } from "../run_spec.ts";
import type { ColumnMoney, ColumnTerms } from "./column_terms.ts";
import { whyNotExact } from "./exact_account.ts";
import { firstStated } from "./first_stated.ts";

/** The terms on which every trial of a spec trades, or why the column path cannot: then the event path has to. */
export function plainTerms(spec: RunSpec, money: ColumnMoney = "exact"): ColumnTerms | string {
  const why = whyNotPlain(spec);
  if (why !== null) return why;
  const market = tradedInstrument(spec.markets[0]!, spec), costs = costsOf(spec.costs);
  const { flat, flatSlippage, reserveFraction } = costs;
  if (flat === null || flatSlippage === null) return "its costs depend on the fill";
  const terms: ColumnTerms = {
    market,
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
  return money === "exact" ? whyNotExact(terms) ?? terms : terms;
}

/** What the column path knows of each part of a spec: anything else that is stated there is for the event path. */
const KNOWN: { readonly [part: string]: readonly string[] } = {
  spec: "strategy params markets timeframe from to account fillRules costs sizing limits seed".split(" "),
  account: ["cashQuote", "leverage"],
  market: "exchange symbol kind tick lot minNotional feeAsset feeDecimals".split(" "),
  costs: "makerBps takerBps fixedFeeQuote slippage reserveBps".split(" "),
  limits: [],
};

function whyNotPlain(spec: RunSpec): string | null {
  const { account, costs, limits, markets: [market] } = spec;
  if (spec.markets.length > 1) return "it trades several markets";
  for (const [part, stated] of Object.entries({ spec, account, market: market!, costs, limits })) {
    const more = firstStated(stated, KNOWN[part]!);
    if (more !== null) return `its ${part === "spec" ? "run" : part} states "${more}"`;
  }
  if (canonicalJson(spec.fillRules) !== canonicalJson(defaultRules)) return "its fill rules are not the default ones";
  if (market!.kind === "inverse") return "its contract is inverse";
  if (costs.slippage.kind !== "none" && costs.slippage.kind !== "fixed") return "its slippage depends on the fill";
  if (costs.fixedFeeQuote > 0) return "it has a fixed fee";
  return isPlain(spec.sizing) ? null : `its sizing is ${spec.sizing.kind}`;
}

function isPlain({ kind }: Sizing): boolean {
  return ["equity-fraction", "fixed-notional", "risk-per-trade", "units"].includes(kind);
}
