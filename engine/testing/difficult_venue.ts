// Test support only: an exchange behind a bad line.
import type { Fee, Quantity } from "../money/mod.ts";
import type { ClientOrderId, Fill, OrderIntent, Recorded, RiskApproved, Venue, VenueEvent } from "../orders/mod.ts";
import type { Simulator, TradedCandles } from "../simulator/mod.ts";
import type { Random, TimestampMs } from "../time/mod.ts";

/** How often things go wrong (shares of 1), and how slow the line is. */
export interface Difficulties {
  /** A request never arrives. */
  readonly requestLost: number;
  /** A piece of news never arrives. */
  readonly newsLost: number;
  /** A piece of news arrives twice. */
  readonly newsDoubled: number;
  /** The sender is told that nobody knows what became of the request. */
  readonly toldUnknown: number;
  /** The sender is told that the request did not leave, and it did not. */
  readonly notSent: number;
  /** A fill comes in up to three parts. */
  readonly parts: number;
  /** Longest way of a request or of news, milliseconds. */
  readonly slowestMs: number;
}

/** What a good line does. */
export const NO_DIFFICULTIES: Difficulties = {
  requestLost: 0,
  newsLost: 0,
  newsDoubled: 0,
  toldUnknown: 0,
  notSent: 0,
  parts: 0,
  slowestMs: 0,
};

interface Parcel {
  readonly atMs: number;
  readonly deliver: () => void;
}

/** The venue refuses requests older than this, as exchanges with a receive window do. */
export const REQUEST_EXPIRY_MS = 3_000;
/** A read may come from a copy that is this far behind. */
const READ_LAG_MS = 1_500;

/**
 * A simulator whose requests and news travel late, out of order, twice, in parts, or not at all. Every random choice
 * comes from the generator it is given.
 */
export class DifficultVenue implements Venue {
  /** Orders that reached the exchange, by name: how often each arrived. */
  readonly arrivals = new Map<ClientOrderId, number>();
  difficulties: Difficulties;

  readonly #inbox: VenueEvent[] = [];
  readonly #acceptedAtMs = new Map<ClientOrderId, number>();
  readonly #fills = new Map<string, readonly Fill[]>();
  #parcels: Parcel[] = [];
  #nowMs = 0;

  constructor(readonly exchange: Simulator, readonly random: Random, difficulties: Difficulties) {
    this.difficulties = difficulties;
  }

  submit(order: Recorded<RiskApproved<OrderIntent>>): void {
    const id = order.clientOrderId;
    if (this.#chance("notSent")) return this.#news({ kind: "notSent", clientOrderId: id, timeMs: this.#time() });
    if (this.#chance("toldUnknown")) this.#news({ kind: "unknown", clientOrderId: id, timeMs: this.#time() });
    const sentAtMs = this.#nowMs;
    this.#request(() => {
      if (this.#nowMs > sentAtMs + REQUEST_EXPIRY_MS) return;
      this.arrivals.set(id, (this.arrivals.get(id) ?? 0) + 1);
      this.#acceptedAtMs.set(id, this.#nowMs);
      this.exchange.submit(order);
    });
  }

  cancel(id: ClientOrderId): void {
    this.#request(() => this.exchange.cancel(id));
  }

  move(order: RiskApproved<OrderIntent>): void {
    this.#request(() => this.exchange.move(order));
  }

  query(id: ClientOrderId): void {
    this.#request(() => {
      const behind = this.#nowMs - (this.#acceptedAtMs.get(id) ?? 0) < READ_LAG_MS && this.difficulties.slowestMs > 0;
      if (behind && this.random.next() < 0.5) this.#news({ kind: "missing", clientOrderId: id, timeMs: this.#time() });
      else this.exchange.query(id);
    });
  }

  /** Lets time pass: parcels that are due are delivered, and what the exchange says is put on its way. */
  advanceTo(timeMs: number): void {
    this.#nowMs = timeMs;
    const due = this.#parcels.filter((parcel) => parcel.atMs <= timeMs).sort((a, b) => a.atMs - b.atMs);
    this.#parcels = this.#parcels.filter((parcel) => parcel.atMs > timeMs);
    for (const parcel of due) parcel.deliver();
    this.#collect();
  }

  /** Trades a candle group at the exchange. */
  trade(candles: TradedCandles): void {
    this.exchange.open(candles);
    while (this.exchange.next());
    this.exchange.close(candles);
    this.#collect();
  }

  /** News that has arrived. */
  takeNews(): VenueEvent[] {
    return this.#inbox.splice(0);
  }

  #collect(): void {
    for (const event of this.exchange.events.splice(0)) {
      const stamped = { ...event, timeMs: this.#time() };
      if (stamped.kind === "fill") { for (const fill of this.#partsOf(stamped.fill)) this.#news({ ...stamped, fill }); }
      else if (stamped.kind === "found") {
        this.#news({
          ...stamped,
          fills: stamped.fills.flatMap((fill) => this.#partsOf(fill)),
        });
      } else this.#news(stamped);
    }
  }

  /** The parts of a fill are drawn once: every report of it names the same executions. */
  #partsOf(fill: Fill): readonly Fill[] {
    const known = this.#fills.get(fill.tradeId);
    if (known) return known;
    const count = this.#chance("parts") ? 2 + Math.floor(this.random.next() * 2) : 1;
    const parts: Fill[] = [];
    const lot = this.exchange.account.instruments.find((instrument) => instrument.id === fill.instrument)!.lot;
    for (let i = 0, rest = fill.quantity as bigint, restFee = fill.fee as bigint; i < count; i++) {
      const last = i === count - 1;
      const quantity = last ? rest : (fill.quantity / BigInt(count) / lot) * lot;
      const fee = last ? restFee : 0n;
      if (quantity === 0n) continue;
      parts.push({ ...fill, tradeId: `${fill.tradeId}.${i}`, quantity: quantity as Quantity, fee: fee as Fee });
      rest -= quantity;
      restFee -= fee;
    }
    this.#fills.set(fill.tradeId, parts);
    return parts;
  }

  #request(arrive: () => void): void {
    if (!this.#chance("requestLost")) this.#parcels.push({ atMs: this.#nowMs + this.#delay(), deliver: arrive });
  }

  #news(event: VenueEvent): void {
    if (this.#chance("newsLost")) return;
    for (let copies = this.#chance("newsDoubled") ? 2 : 1; copies > 0; copies--) {
      this.#parcels.push({ atMs: this.#nowMs + this.#delay(), deliver: () => this.#inbox.push(event) });
    }
  }

  #delay(): number {
    return Math.floor(this.random.next() * this.difficulties.slowestMs);
  }

  #chance(what: Exclude<keyof Difficulties, "slowestMs">): boolean {
    return this.random.next() < this.difficulties[what];
  }

  #time(): TimestampMs {
    return this.#nowMs as TimestampMs;
  }
}
