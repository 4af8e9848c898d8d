// The executions of a kept run in exact figures again.
import { type Instrument, type InstrumentId, settlementAsset } from "../market/mod.ts";
import { AMOUNTS_PER_UNIT, type Fee, notionalFromNumber, type Price, type Quantity } from "../money/mod.ts";
import type { ClientOrderId, Fill } from "../orders/mod.ts";
import { tradedInstrument } from "./account_terms.ts";
import type { LiquidationFacts } from "./explained_takeover.ts";
import type { RunFill } from "./run_fill.ts";
import type { RunSpec } from "./run_spec.ts";

/** Executions with the markets that they were in. */
export interface MarketFills {
  /** In the order in which they happened. */
  readonly fills: readonly Fill[];
  readonly markets: ReadonlyMap<InstrumentId, Instrument>;
}

/** All executions of a run, liquidations by the venue among them. */
export function exactFills(
  { markets: stated, account }: Pick<RunSpec, "markets" | "account">,
  fills: readonly RunFill[],
  liquidations: readonly LiquidationFacts[] = [],
): MarketFills {
  const markets = new Map(
    stated.map((options) => tradedInstrument(options, { account })).map((market) => [market.id, market]),
  );
  const exact = fills.map((fill) => exactFill(fill, markets.get(fill.instrument as InstrumentId)!));
  liquidations.forEach((facts, i) => {
    const own = liquidated(facts, markets.get(facts.instrument as InstrumentId)!, i);
    // What the venue closed was open before. The times of fills in one candle do not tell their order.
    const next = exact.findIndex(({ timeMs }) => timeMs > own.timeMs);
    exact.splice(next < 0 ? exact.length : next, 0, own);
  });
  return { fills: exact, markets };
}

/**
 * A fill of a file in exact figures: prices, quantities and fees are read as the decimals that they print as, which gives
 * back what was rounded as long as it had no more than 15 digits.
 */
export function exactFill(own: RunFill, market: Instrument): Fill {
  const feeFrom = feeSource(own.feeAsset, market);
  return {
    tradeId: own.tradeId,
    clientOrderId: own.clientOrderId as ClientOrderId,
    instrument: market.id,
    side: own.side,
    price: exactUnits(own.price) as Price,
    quantity: exactUnits(own.quantity) as Quantity,
    fee: notionalFromNumber(own.fee) as bigint as Fee,
    feeAsset: own.feeAsset,
    feeFrom,
    ...(feeFrom === "third" ? { feeWorthQuote: notionalFromNumber(own.feeQuote) } : {}),
    liquidity: own.liquidity,
    timeMs: own.timeMs as Fill["timeMs"],
  };
}

function feeSource(asset: string, market: Instrument): Fill["feeFrom"] {
  if (asset === settlementAsset(market)) return "cash";
  return market.kind === "spot" && asset === market.base ? "position" : "third";
}

function liquidated({ timeMs, quantity, price, fee }: LiquidationFacts, market: Instrument, i: number): Fill {
  return {
    tradeId: `liquidation ${i + 1}`,
    clientOrderId: `liquidation ${i + 1}` as ClientOrderId,
    instrument: market.id,
    side: quantity > 0 ? "sell" : "buy",
    price: exactUnits(price) as Price,
    quantity: exactUnits(Math.abs(quantity)) as Quantity,
    fee: notionalFromNumber(fee) as bigint as Fee,
    feeAsset: settlementAsset(market),
    feeFrom: "cash",
    liquidity: "taker",
    timeMs,
  };
}

/** The decimal that a number above zero prints as, in counts of prices and quantities. */
function exactUnits(value: number): bigint {
  return (notionalFromNumber(value) + AMOUNTS_PER_UNIT / 2n) / AMOUNTS_PER_UNIT;
}
