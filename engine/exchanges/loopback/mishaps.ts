import { formatDecimal, type Quantity, quantity, UNIT_DECIMALS } from "../../money/mod.ts";
import type { Deed, FaultName, FaultOf } from "./fault.ts";
import type { Faults } from "./faults.ts";
import type { LoopbackMarket } from "./loopback_market.ts";
import type { RequestLimit } from "./request_limit.ts";
import type { LoopbackFill, LoopbackOrder, LoopbackVenue } from "./loopback_venue.ts";

/** What a deed is done to. */
interface Subject {
  readonly market?: LoopbackMarket;
  readonly order?: LoopbackOrder;
}

/** A fault of the venue at a deed; `after` is what is still to happen once the deed is done. */
export interface Mishap {
  readonly fault: FaultOf<"venue"> | null;
  after(order?: LoopbackOrder): void;
}

const THIRD_ASSET = "BNB", COARSER = 10n;
const NOTHING = () => {};

/** Lets the venue do wrong at the deeds of its clients: the same in all dialects, which only tell of it. */
export class Mishaps {
  constructor(readonly venue: LoopbackVenue, readonly faults: Faults) {}

  /** Draws what happens at a deed, and does what comes before it. */
  at(deed: Deed, subject: Subject = {}, isKnown?: (fault: FaultName) => boolean): Mishap {
    const fault = this.faults.draw("venue", deed, isKnown);
    if (fault === null) return { fault, after: NOTHING };
    return { fault, after: this.#strike(fault, subject) ?? NOTHING };
  }

  #strike(fault: FaultOf<"venue">, { market, order }: Subject): Mishap["after"] | void {
    const { venue } = this;
    switch (fault) {
      case "grid-changed":
        return market && venue.regrid(market, coarser(venue.grid(market)));
      case "halted":
        return market && venue.halt(market);
      case "delisted":
        return market && venue.delist(market);
      case "cancel-misstates":
        return this.#trade(order, (own) => halfOf(own, venue));
      case "cancel-meets-fill":
        return this.#trade(order, restOf);
      case "fill-after-end":
        return (ended = order) => this.#trade(ended, (own) => lotOf(own, venue));
      case "overfill":
        return venue.openOrders().forEach((own) => venue.trade(own, restOf(own) + lotOf(own, venue) as Quantity));
      case "fee-elsewhere":
        venue.transfer(THIRD_ASSET, "10");
        return market && venue.payFeesIn(market, THIRD_ASSET);
      case "fee-revised":
        return this.#last((fill) => venue.reviseFee(fill, 2n * fill.fee));
      case "bust":
        return this.#last((fill) => venue.bust(fill));
      case "foreign-order":
        return this.#foreignOrder();
      case "deposit":
        return venue.transfer(venue.assets()[0]!, "250");
      case "withdrawal":
        return venue.transfer(venue.assets()[0]!, "-250");
      case "dust":
        return venue.transfer(venue.assets()[0]!, "-0.00000001");
      case "vanished-stop":
        return venue.openOrders().filter((own) => own.triggerPrice !== null).forEach((own) => venue.vanish(own));
      case "both-fill":
        return venue.openOrders().filter((own) => own.side === "sell").forEach((own) => venue.trade(own, restOf(own)));
    }
  }

  #trade(order: LoopbackOrder | undefined, sizeOf: (order: LoopbackOrder) => Quantity): void {
    const size = order === undefined ? 0n : sizeOf(order);
    if (order !== undefined && size > 0n) this.venue.trade(order, size as Quantity);
  }

  #last(work: (fill: LoopbackFill) => void): void {
    const fill = this.venue.fills.at(-1);
    if (fill !== undefined) work(fill);
  }

  /** A small buy far below the market, as a person would leave it there. */
  #foreignOrder(): void {
    const { venue } = this, market = venue.markets[0]!, tick = Number(venue.grid(market).tick);
    const price = Math.floor(venue.lastPrice(market) / 2 / tick) * tick;
    venue.place({
      symbol: market.symbol,
      clientOrderId: `by-hand-${venue.orders.length + 1}`,
      side: "buy",
      kind: "limit",
      quantity: String(Math.max(Number(venue.grid(market).lot), Math.ceil(100 / price * 1e3) / 1e3)),
      price: String(price),
    });
  }
}

/** Half of the limit may have been spent by another process of this address. */
export function spendElsewhere(faults: Faults, limit: RequestLimit, deed: Deed): void {
  if (faults.draw("limit", deed) === null) return;
  limit.admit(Math.floor(limit.weightPerWindow / 2));
}

/** An order, and others of its state, as they were before their last change. */
export function stale(orders: readonly LoopbackOrder[]): LoopbackOrder[] {
  const newest = orders.reduce<LoopbackOrder | null>(
    (last, own) => last === null || own.updatedAtMs >= last.updatedAtMs ? own : last,
    null,
  );
  return orders.flatMap((own) => own !== newest ? [own] : own.before === null ? [] : [own.before]);
}

const restOf = ({ quantity, filled }: LoopbackOrder): Quantity => (quantity - filled) as Quantity;

function lotOf({ market }: LoopbackOrder, venue: LoopbackVenue): Quantity {
  return quantity(venue.grid(market).lot);
}

function halfOf(order: LoopbackOrder, venue: LoopbackVenue): Quantity {
  const lot = lotOf(order, venue);
  return restOf(order) / 2n / lot * lot as Quantity;
}

/** A grid whose steps are ten times as wide. */
export function coarser({ tick, lot, minNotional }: { tick: string; lot: string; minNotional: string }) {
  const times = (text: string) => formatDecimal(quantity(text) * COARSER, UNIT_DECIMALS);
  return { tick: times(tick), lot: times(lot), minNotional: times(minNotional) };
}
