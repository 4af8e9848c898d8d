// How much of an entry the account can pay for.
import { type Instrument, quantityOfQuote, sizeNumber, usesMargin } from "../market/mod.ts";
import {
  notionalOf,
  notionalToNumber,
  type Price,
  priceFromNumber,
  priceToNumber,
  type Quantity,
  quantityFromNumber,
  quantityToNumber,
} from "../money/mod.ts";
import type { PlainSizing } from "../orders/mod.ts";
import type { TimestampMs } from "../time/mod.ts";
import type { UnchargedFill } from "./fee_desk.ts";
import type { SimulatedAccount } from "./simulated_account.ts";
import { restOf, type SimulatedOrder } from "./simulated_order.ts";
import type { SimulatorConfig } from "./simulator_config.ts";

const FINEST_PRICE = 1n as Price, FINEST_QUANTITY = 1n as Quantity;

/** What an entry would trade at. */
export interface Quote {
  readonly price: Price;
  /** Before slippage, quote units. */
  readonly raw: number;
  readonly liquidity: "maker" | "taker";
  readonly timeMs: TimestampMs;
}

/** What one unit of an entry takes from the funds, and what is there, quote units. */
export interface Affordability {
  readonly spendable: number;
  readonly unitCost: number;
  /** Price of a unit in quote units, its fee included: what a fixed amount is divided by. */
  readonly unitQuote: number;
  /** What the order takes beside its units: the fixed fee, where it is not part of their cost. */
  readonly fixed: number;
}

/** Reckons an entry at a quote; marks are the prices at which open positions count. */
export function affordabilityOf(
  config: SimulatorConfig,
  account: SimulatedAccount,
  marks: ArrayLike<number>,
  order: SimulatedOrder,
  quote: Quote,
): Affordability {
  const paid = priceToNumber(quote.price), charged = config.rules.fundsFee === "fill-price" ? paid : quote.raw;
  const piece = shareOfLot(config, order);
  const price = charged === paid ? quote.price : priceFromNumber(charged, FINEST_PRICE, "nearest");
  const fill = uncharged(config, order, { ...quote, price }, piece === null ? restOf(order) : nearestQuantity(piece));
  // On posted margin the fee is paid beside it, so it takes as much of the funds as margin for that many units more.
  const times = config.positions?.marginMode === undefined ? 1 : config.leverage;
  const rate = times * account.fees.cashFractionOf(fill);
  const market = fill.instrument, fixed = notionalToNumber(config.costs.fixed);
  const fixedOfUnit = piece === null ? 0 : fixed / piece;
  return {
    spendable: account.spendable(order.instrument, order.intent.side, marks),
    unitCost: sizeNumber(market, paid, 1) + rate * sizeNumber(market, charged, 1) + fixedOfUnit,
    unitQuote: paid + rate * charged,
    fixed: piece === null ? fixed : 0,
  };
}

/** The size of which the rules take the fee of a unit, base units, where that is not the order's own. */
function shareOfLot({ rules, instruments }: SimulatorConfig, { instrument, intent }: SimulatedOrder): number | null {
  const sizing = intent.sizeAtFill;
  if (rules.fundsFeeOf !== "share-of-lot" || sizing?.kind !== "equity-fraction") return null;
  return sizing.fraction * quantityToNumber(instruments[instrument]!.lot);
}

function nearestQuantity(units: number): Quantity {
  return quantityFromNumber(units + quantityToNumber(FINEST_QUANTITY) / 2, FINEST_QUANTITY);
}

function uncharged(
  { instruments }: SimulatorConfig,
  { instrument, intent: { side } }: SimulatedOrder,
  { price, liquidity, timeMs }: Quote,
  quantity: Quantity,
): UnchargedFill {
  return { instrument: instruments[instrument]!, side, liquidity, price, quantity, timeMs };
}

/** Base units of an order that is sized at its fill. `risk-per-trade` keeps what was computed at the decision. */
export function sizeNow(
  sizing: PlainSizing,
  market: Instrument,
  { spendable, unitCost, unitQuote }: Affordability,
  estimate: number,
): number {
  switch (sizing.kind) {
    case "equity-fraction":
      return (spendable * sizing.fraction) / unitCost;
    case "fixed-notional":
      return quantityOfQuote(market, unitQuote, sizing.notionalQuote);
    case "units":
      return sizing.units;
    case "risk-per-trade":
      return estimate;
  }
}

/** True when what is left of the order can be paid. Exact arithmetic only where it can decide. */
export function canPay(
  config: SimulatorConfig,
  account: SimulatedAccount,
  order: SimulatedOrder,
  quote: Quote,
  funds: Affordability,
): boolean {
  const size = restOf(order);
  if (quantityToNumber(size) * funds.unitCost + funds.fixed < funds.spendable * (1 - 1e-9)) return true;
  return fits(config, account, order, quote, funds, size);
}

/** The largest size on the lot that the funds pay for. */
export function cutToFunds(
  config: SimulatorConfig,
  account: SimulatedAccount,
  order: SimulatedOrder,
  quote: Quote,
  funds: Affordability,
): Quantity {
  const { lot } = config.instruments[order.instrument]!;
  const cut = quantityFromNumber(Math.max(0, (funds.spendable - funds.fixed) / funds.unitCost), lot);
  // A float division may be a lot too generous; a fee that does not grow with the size, by far more.
  const pays = (lots: bigint) => lots <= 0n || fits(config, account, order, quote, funds, lots * lot as Quantity);
  let fitting = cut / lot, unfitting = fitting + 1n;
  for (let step = 1n; !pays(fitting); step *= 2n) {
    unfitting = fitting;
    fitting -= step;
  }
  while (unfitting - fitting > 1n) {
    const middle = (fitting + unfitting) / 2n;
    if (pays(middle)) fitting = middle;
    else unfitting = middle;
  }
  return (fitting > 0n ? fitting * lot : 0n) as Quantity;
}

function fits(
  config: SimulatorConfig,
  account: SimulatedAccount,
  order: SimulatedOrder,
  quote: Quote,
  { spendable, unitCost, fixed }: Affordability,
  size: Quantity,
): boolean {
  const market = config.instruments[order.instrument]!;
  const onMargin = quantityToNumber(size) * unitCost + fixed <= spendable;
  if (market.kind !== "spot" || order.intent.side === "sell") return onMargin;
  if (usesMargin(market) && !onMargin) return false;
  const { fee, feeFrom } = account.fees.chargeOf(uncharged(config, order, quote, size));
  return account.cash - notionalOf(quote.price, size) - (feeFrom === "cash" ? fee : 0n) >= 0n;
}
