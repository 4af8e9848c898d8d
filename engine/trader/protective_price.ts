// Where the stop and the target of a position are to lie, and how they get there.
import { atr } from "../indicators/mod.ts";
import { type Price, priceFromNumber, priceToNumber } from "../money/mod.ts";
import { isTighter, type OrderKind, type Side, type Slot, type Trail, trailedPrice } from "../orders/mod.ts";
import {
  AT_ANY_PRICE,
  isTrailing,
  type Protection,
  protectionPrice,
  roiStep,
  type RoiTable,
  sameProtection,
  type TrailingStop,
  trailOf,
} from "../strategies/mod.ts";
import { fixedLengthMs, MINUTE_MS, type TimestampMs } from "../time/mod.ts";
import type { BookState } from "./state.ts";
import type { BookRuntime, Trader } from "./trader.ts";

type Following = NonNullable<BookState["following"]>;

/** A protective order as it should be. */
export interface ProtectiveOrder {
  readonly kind: OrderKind;
  readonly price: Price;
  readonly limitPrice?: Price;
  readonly trail?: Trail;
  readonly sinceMs?: TimestampMs;
}

/** The order that a protection asks for now; null where a table has no step for the position's age. */
export function protectiveOrder(
  { config, state }: Trader,
  book: number,
  slot: Slot,
  protection: Protection,
): ProtectiveOrder | null {
  const own = state.books[book]!, entry = own.entryPriceNumber;
  const { tick } = config.instruments[config.books[book]!.instrument]!;
  const away = own.positionNumber > 0 === (slot === "target") ? 1 : -1;
  if (protection.kind === "roi") {
    const minutes = minutesHeld(own, state.nowMs);
    const raw = protectionPrice(protection, entry, away, minutes);
    if (raw !== raw) return null;
    const since = stepTime(protection, minutes, own, state.nowMs, fixedLengthMs(config.timeframe));
    // A return of −1 is a price of nothing: the lowest that an order can have.
    const order = carriedOut(protection, slot, raw > 0 ? onTick(raw, tick) : tick, away, tick);
    return { ...order, ...(since === null ? {} : { sinceMs: since }) };
  }
  if (!isTrailing(protection)) {
    return carriedOut(protection, slot, onTick(protectionPrice(protection, entry, away), tick), away, tick);
  }
  const inVenue = isMovedByVenue(protection, config.trailing);
  const follows = "activation" in protection || protection.kind === "trailing-atr";
  if (!inVenue) {
    const raw = follows ? followed(own, protection, tick).price : protectionPrice(protection, own.bestPrice, away);
    return carriedOut(protection, slot, onTick(raw, tick), away, tick);
  }
  const price = onTick(followed(own, protection, tick).price, tick);
  const unmoved = onTick(protectionPrice(protection, entry, away), tick);
  const trail = {
    ...trailOf(protection, entry),
    ...(price === unmoved ? {} : { unmovedPrice: priceToNumber(unmoved) }),
  };
  return { kind: "trailing-stop", price, trail };
}

/** A stop goes to the market or, with a limit, no worse than that; a target waits, or goes there once it is touched. */
function carriedOut(
  { limit, ifTouched }: Protection,
  slot: Slot,
  price: Price,
  away: 1 | -1,
  tick: Price,
): ProtectiveOrder {
  if (slot === "target") return { kind: ifTouched ? "take-profit" : "limit", price };
  if (limit === undefined) return { kind: "stop", price };
  return { kind: "stop-limit", price, limitPrice: onTick(protectionPrice(limit, priceToNumber(price), away), tick) };
}

/** The price on the tick that is nearest; 0 for one that no order can have. */
function onTick(raw: number, tick: Price): Price {
  return raw > 0 ? priceFromNumber(raw, tick, "nearest") : (0n as Price);
}

/** True for a stop that moves inside candles; one that becomes a limit order or follows an average moves at closes, by us. */
export function isMovedByVenue(stop: Protection | null, trailing: "venue" | undefined): boolean {
  return trailing === "venue" && isTrailing(stop) && stop.limit === undefined && stop.kind !== "trailing-atr";
}

/** True when a close has brought a table to its next step. */
export function hasNewStep(protection: Protection | null, own: BookState, nowMs: TimestampMs): boolean {
  return protection?.kind === "roi" &&
    roiStep(protection, minutesHeld(own, nowMs)) !== roiStep(protection, minutesHeld(own, own.protectedAtMs));
}

/** The best price of a candle moves a trailing stop whose way is remembered. */
export function followBest(own: BookState, tick: Price, high: number, low: number, inVenue: boolean): void {
  const { following } = own;
  if (following === null || following.stop.kind === "trailing-atr") return;
  const long = own.position > 0n, side = long ? "sell" : "buy";
  // A venue that moves stops inside candles leaves one where it is that the candle reaches there.
  if (inVenue && (long ? low <= following.price : high >= following.price)) return;
  const raw = trailedPrice(trailOf(following.stop, own.entryPriceNumber), side, long ? high : low);
  tighten(own, following, side, raw, tick);
}

/** A close moves a stop that follows at average true ranges, from the best price by then. True when it has moved. */
export function followRange(
  own: BookState,
  tick: Price,
  { strategy, context, averageRanges }: BookRuntime,
): boolean {
  const { following } = own;
  if (following?.stop.kind !== "trailing-atr") return false;
  const { multiple, length } = following.stop, side = own.position > 0n ? "sell" : "buy";
  let place = averageRanges.get(length);
  if (place === undefined) averageRanges.set(length, place = strategy.series.indexOf(atr(length)));
  const distanceQuote = multiple * context.values[place]!;
  const raw = trailedPrice({ kind: "distance", distanceQuote }, side, own.bestPrice);
  return tighten(own, following, side, raw, tick);
}

/** Follows to a price on the tick where that is tighter than before. True when it has moved. */
function tighten(own: BookState, following: Following, side: Side, raw: number, tick: Price): boolean {
  if (!isTighter(side, raw, following.price)) return false;
  const price = priceToNumber(priceFromNumber(raw, tick, "nearest"));
  if (!isTighter(side, price, following.price)) return false;
  own.following = { ...following, price };
  return true;
}

function followed(own: BookState, stop: TrailingStop, tick: Price): Following {
  if (own.following === null || !sameProtection(own.following.stop, stop)) {
    const side = own.position > 0n ? "sell" : "buy";
    const first = protectionPrice(stop, own.entryPriceNumber, side === "sell" ? -1 : 1);
    const best = trailedPrice(trailOf(stop, own.entryPriceNumber), side, own.bestPrice);
    own.following = { stop, price: priceToNumber(onTick(isTighter(side, best, first) ? best : first, tick)) };
  }
  return own.following;
}

function minutesHeld({ lots }: BookState, nowMs: number): number {
  return (nowMs - lots[0]!.timeMs) / MINUTE_MS;
}

/** When the price of the step came into force: it matters to venues that ask whether a target is new. */
function stepTime(
  table: RoiTable,
  minutes: number,
  { lots }: BookState,
  nowMs: TimestampMs,
  candleMs: number,
): TimestampMs | null {
  const [key, value] = roiStep(table, minutes)!;
  if (value === AT_ANY_PRICE && (key * MINUTE_MS) % candleMs === 0) return nowMs;
  return key === 0 ? null : (lots[0]!.timeMs + key * MINUTE_MS) as TimestampMs;
}
