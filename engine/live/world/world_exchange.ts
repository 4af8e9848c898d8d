// The venue as one process reaches it: over a line that loses, delays and garbles.
import type { Outcome } from "../../errors/mod.ts";
import {
  allFills,
  type FaultName,
  type Faults,
  type LoopbackFill,
  type LoopbackOrder,
  type LoopbackVenue,
  Mishaps,
  type Refusal,
  stale,
} from "../../exchanges/mod.ts";
import type {
  Balance,
  Exchange,
  HistoryQuery,
  LoopbackMarket,
  Market,
  OrderRequest,
  VenueFill,
  VenueOrder,
} from "../../exchanges/mod.ts";
import { AMOUNT_DECIMALS, floorToLot, formatDecimal, type Quantity, quantity, UNIT_DECIMALS } from "../../money/mod.ts";
import { MINUTE_MS, type TimestampMs } from "../../time/mod.ts";
import type { RequestSpell, VenueSpells } from "./venue_spells.ts";
import type { WorldProcess } from "./world_process.ts";

/** Deeds of a trading process, by the names that faults know them by. */
type Deed = Parameters<Mishaps["at"]>[0];

/** The client gives a call up after so long. */
const DEADLINE_MS = 4_000;
/** No more requests are made in a minute, whatever goes wrong: each weighs ten of the six thousand that Binance allows (I12). */
const MOST_REQUESTS = 600;
const QUICKEST_MS = 3, SLOWEST_MS = 90;
/** A slow request takes up to so many times as long as the venue would take it. */
const SLOWEST_TO_EXPIRY = 1.5;
/** The venue refuses requests whose time differs from its own by more. */
const MOST_CLOCK_OFF_MS = 1_000;
/** A late order takes at least so much of the time that it has, before it leaves and on its way. */
const LEAST_LATE = 0.85;
const QUERIES: ReadonlySet<Deed> = new Set<Deed>(["order", "open-orders", "orders", "fills"]);
/** Executions that are older have to be in a list. */
const QUIET_LIST_MS = 35_000;
/** A short page has so many executions. */
const SHORT_PAGE = 3;
/** A ban lasts so long. */
const BAN_MS = 120_000;

export interface ExchangeParts {
  readonly venue: LoopbackVenue;
  readonly faults: Faults;
  readonly mishaps: Mishaps;
  readonly process: WorldProcess;
  readonly draw: () => number;
  /** Hears of each order as it leaves, with the moment at which the venue takes it; null where it never does. */
  readonly sent: (request: OrderRequest, arrivesMs: number | null) => void;
  readonly placed: (order: LoopbackOrder) => void;
  /** Hears of each order that the venue turned down. */
  readonly refused: (clientOrderId: string, code: Refusal) => void;
  /** Hears of each order that is asked back, as that leaves. */
  readonly cancelled: (clientOrderId: string) => void;
  /** Hears of an order whose end the venue tells otherwise than it was. */
  readonly misstated: (clientOrderId: string) => void;
  /** By how much the clock is off by which requests are signed, milliseconds. */
  readonly clockOffMs: () => number;
  /** How long the venue takes a request after it was sent. */
  readonly requestExpiryMs: number;
  /** Orders wait so long for their turn at most, milliseconds. */
  readonly sendMs: number;
  readonly spells: VenueSpells;
  /** Counts what befell a call beside its faults. */
  readonly count: (what: string) => void;
  /** Hears of a process that asks without end. */
  readonly asksWithoutEnd: (requests: number) => void;
  /** False where executions carry only the venue's ids of their orders, as at Binance. */
  readonly areFillsNamed: boolean;
}

/** How an order leaves. */
interface Sending {
  /** Hears when it does, with the moment at which the venue takes it; null where it never does. */
  readonly left: (arrivesMs: number | null) => void;
  readonly spell: RequestSpell | null;
  /** True while it is open at the venue: there alone its name makes sure that it is not there twice. */
  readonly isOpen: () => boolean;
}

const NO_ORDER: Sending = { left: () => {}, spell: null, isOpen: () => false };

/** The calls that trading makes, answered by the venue of the world. */
export class WorldExchange
  implements
    Pick<Exchange, "submit" | "cancel" | "order" | "openOrders" | "orders" | "fills" | "balances" | "markets"> {
  #requests = { minute: 0, count: 0 };
  #bannedUntilMs = -Infinity;

  constructor(readonly parts: ExchangeParts) {}

  async submit(request: OrderRequest, lastLook: () => string | null = () => null): Promise<Outcome<VenueOrder>> {
    const { venue, mishaps, placed, sent, spells, process, draw, sendMs } = this.parts;
    const spell = spells.takeRequest(), market = venue.market(request.symbol)!;
    if (spell === "late" || spells.isLimited) {
      if (spells.isLimited) this.parts.count("D45 limit spent by others");
      const waitMs = sendMs * (spell === "late" ? LEAST_LATE + draw() * (1 - LEAST_LATE) : draw() * 1.2);
      await new Promise<void>((resolve) => process.after(waitMs, resolve));
    }
    const reason = lastLook();
    if (reason !== null) return { kind: "refused", code: "held-back", reason };
    return this.call("place", () => {
      const mishap = mishaps.at("place", { market });
      const made = venue.place({
        symbol: request.symbol,
        clientOrderId: request.clientOrderId,
        side: request.side,
        kind: request.kind,
        timeInForce: request.timeInForce,
        postOnly: request.postOnly,
        quantity: request.quantity,
        ...(request.limitPrice === null ? {} : { price: request.limitPrice }),
        ...(request.triggerPrice === null ? {} : { triggerPrice: request.triggerPrice }),
      });
      // A name that exists is our own order, which came through though nobody heard (fault 10): ccxt's adapters say so.
      if (made === "duplicate-name") return { kind: "unknown", reason: made };
      if (typeof made === "string") {
        this.parts.refused(request.clientOrderId, made);
        return { kind: "refused", code: CODES[made] ?? made, reason: `the venue says ${made}` };
      }
      if (made.state === "expired") this.parts.count("A11 nothing at once");
      placed(made);
      mishap.after(made);
      return done(orderOf(made));
    }, {
      left: (arrivesMs) => sent(request, arrivesMs),
      spell,
      isOpen: () => this.#find(request.clientOrderId)?.state === "open",
    });
  }

  cancel(_symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>> {
    const { venue, mishaps } = this.parts;
    this.parts.cancelled(clientOrderId);
    return this.call("cancel", () => {
      const order = this.#find(clientOrderId);
      if (order === undefined) return NOT_FOUND;
      if (order.state === "open" && this.parts.spells.takeCancel()) this.#tradePart(order);
      const mishap = mishaps.at("cancel", { order }), before = orderOf(order);
      if (mishap.fault === "half-done") return NOT_FOUND; // of several cancels the first half
      if (mishap.fault === "cancel-misstates") this.parts.misstated(clientOrderId);
      const isDone = venue.cancel(order);
      mishap.after(order);
      if (!isDone) return NOT_FOUND;
      return done(mishap.fault === "cancel-misstates" ? { ...orderOf(order), filled: before.filled } : orderOf(order));
    });
  }

  order(_symbol: string, clientOrderId: string): Promise<Outcome<VenueOrder>> {
    return this.call("order", () => {
      const { fault } = this.parts.mishaps.at("order"), order = this.#find(clientOrderId);
      if (order !== undefined && this.parts.spells.asked(order.placedAtMs)) this.parts.count("B28 lagging copy");
      if (order === undefined || !this.#isSeen(order.placedAtMs)) return NOT_FOUND;
      const [own] = fault === "stale-snapshot" ? stale([order]) : [order];
      return own === undefined ? NOT_FOUND : done(orderOf(own));
    });
  }

  openOrders(symbol: string): Promise<Outcome<readonly VenueOrder[]>> {
    return this.call("open-orders", () => {
      this.parts.mishaps.at("open-orders");
      const open = this.parts.venue.openOrders().filter((own) =>
        own.market.symbol === symbol && this.#isSeen(own.placedAtMs)
      );
      return done(open.map(orderOf));
    });
  }

  orders({ symbol, fromMs }: HistoryQuery): Promise<Outcome<readonly VenueOrder[]>> {
    return this.call("orders", () => {
      const { fault } = this.parts.mishaps.at("orders");
      const all = this.parts.venue.orders.filter((own) =>
        own.market.symbol === symbol && own.placedAtMs >= fromMs && this.#isSeen(own.placedAtMs)
      );
      return done((fault === "stale-snapshot" ? stale(all) : all).map(orderOf));
    });
  }

  async fills({ symbol, fromMs }: HistoryQuery): Promise<Outcome<readonly VenueFill[]>> {
    let rowsPerPage = Infinity;
    const answer = await this.call<readonly VenueFill[]>("fills", () => {
      const { fault } = this.parts.mishaps.at("fills"), { fills } = this.parts.venue;
      if (fault === "short-page") rowsPerPage = SHORT_PAGE;
      const newest = fills.findLast((own) => own.order.market.symbol === symbol);
      if (newest !== undefined && newest.timeMs < this.parts.venue.now() - QUIET_LIST_MS) {
        if (this.parts.spells.listed(newest.timeMs)) this.parts.count("B28 lagging copy");
      }
      const lagMs = this.parts.spells.fillsLagMs;
      let first = fills.length;
      // What rested has traded when the way came to its price, and is numbered when the venue was asked next.
      while (first > 0 && fills[first - 1]!.timeMs >= fromMs - MINUTE_MS) first--;
      return done(
        fills.slice(first)
          .filter((own) =>
            own.timeMs >= fromMs && own.order.market.symbol === symbol && this.#isSeen(own.timeMs, lagMs)
          )
          .map((own) => fillOf(own, this.parts.areFillsNamed))
          .map((own) => fault === "fee-missing" ? { ...own, fee: null, feeAsset: null } : own),
      );
    });
    if (answer.kind !== "done" || rowsPerPage === Infinity) return answer;
    // Page by page, as the adapters do.
    const page = ({ fromId }: { readonly fromId: string | null }) => {
      const first = answer.value.findIndex(({ id }) => fromId === null || id === fromId);
      return Promise.resolve(answer.value.slice(Math.max(0, first), Math.max(0, first) + rowsPerPage));
    };
    return done(await allFills(page, { paging: "by-id", rowsMin: rowsPerPage }, fromMs, null));
  }

  balances(): Promise<Outcome<readonly Balance[]>> {
    return this.call("balances", () => {
      const { venue, mishaps } = this.parts, { fault } = mishaps.at("balances");
      venue.now();
      const balances = fault === "stale-snapshot" ? venue.balancesBefore() : venue.balances();
      return done(balances.map(({ asset, free, locked, total }) => ({ asset, free, used: locked, total })));
    });
  }

  markets(): Promise<Outcome<readonly Market[]>> {
    return this.call("markets", () => done(this.parts.venue.markets.map((own) => marketOf(own, this.parts.venue))));
  }

  /** Needs no signature. */
  time(): Promise<Outcome<TimestampMs>> {
    return this.#soon(done(this.parts.process.world.now()));
  }

  #find(clientOrderId: string): LoopbackOrder | undefined {
    this.parts.venue.now();
    return this.parts.venue.orders.findLast((own) => own.clientOrderId === clientOrderId);
  }

  /** Reads may come from a copy that lags behind. */
  #isSeen(sinceMs: number, lagMs: number = this.parts.spells.lagMs): boolean {
    return sinceMs <= this.parts.venue.now() - lagMs;
  }

  /** Half of an order trades, in whole lots. */
  #tradePart(order: LoopbackOrder): void {
    const { venue, count } = this.parts, lot = quantity(venue.grid(order.market).lot);
    const part = floorToLot((order.quantity - order.filled) / 2n as Quantity, lot);
    if (part === 0n) return;
    count("B19 part of an order");
    venue.trade(order, part);
  }

  #delay(): number {
    return QUICKEST_MS + this.parts.draw() * SLOWEST_MS;
  }

  /** A call over the line. */
  call<T>(deed: Deed, work: () => Outcome<T>, sending: Sending = NO_ORDER): Promise<Outcome<T>> {
    const { faults, process, requestExpiryMs } = this.parts, sentMs = process.world.now(), { left, spell } = sending;
    this.#countRequest(sentMs);
    const fault = spell === null ? faults.draw("answer", deed) : null;
    if (sentMs < this.#bannedUntilMs) return this.#soon(refusedBy("banned"));
    if (Math.abs(this.parts.clockOffMs()) > MOST_CLOCK_OFF_MS) return this.#soon(refusedBy("clock-skew"));
    if (QUERIES.has(deed) && this.parts.spells.areQueriesAway) {
      this.parts.count("A4 queries away");
      return this.#soon({ kind: "unknown", reason: "unavailable" });
    }
    switch (fault) {
      case "limited":
      case "limited-untold":
      case "forbidden":
      case "revoked-key":
      case "clock-skew":
        return this.#soon(refusedBy(fault));
      case "banned":
        this.#bannedUntilMs = sentMs + BAN_MS;
        return this.#soon(refusedBy(fault));
      case "lost-request":
        // Half of them are known not to have left: the connection was refused.
        if (this.parts.draw() < 0.5) return this.#soon({ kind: "notSent", reason: "the connection was refused" });
        left(null);
        return this.#soon({ kind: "unknown", reason: "the connection broke" });
      case "unavailable":
      case "not-json":
        left(null);
        return this.#soon({ kind: "unknown", reason: fault });
    }
    // A connection that breaks says nothing of a request that is still on its way.
    const isBroken = spell === "late" || spell === "unanswered" ||
      (fault === "lost-response" && this.parts.draw() < 0.5);
    const slowestMs = requestExpiryMs * SLOWEST_TO_EXPIRY;
    const isLast = deed === "place" && process.diesAfterSend();
    const thereMs = spell === "late"
      ? requestExpiryMs * (LEAST_LATE + this.parts.draw() * (1 - LEAST_LATE))
      : isLast
      ? requestExpiryMs * (1 - this.parts.draw() / 2)
      : fault === "slow" || (isBroken && spell === null)
      ? this.parts.draw() * slowestMs
      : this.#delay();
    left(thereMs <= requestExpiryMs ? sentMs + thereMs : null);
    return new Promise((resolve) => {
      process.world.after(thereMs, () => {
        const isExpired = thereMs > requestExpiryMs;
        let outcome = isExpired ? refusedBy<T>("expired") : work();
        if (spell === "repeated" && !isExpired && sending.isOpen()) {
          this.parts.count("A10 order that comes twice");
          outcome = { kind: "unknown", reason: "duplicate-name" };
        }
        if (fault === "lost-response" || fault === "half-open") return;
        const told: Outcome<T> = fault === "cut-body" || fault === "unknown-status"
          ? { kind: "unknown", reason: fault }
          : outcome;
        process.world.after(this.#delay(), () => process.deliver(() => resolve(told)));
      });
      const giveUpMs = isBroken ? this.#delay() : DEADLINE_MS;
      process.after(giveUpMs, () => resolve({ kind: "unknown", reason: "no answer in time" }));
    });
  }

  #countRequest(sentMs: number): void {
    const minute = Math.floor(sentMs / MINUTE_MS);
    if (minute !== this.#requests.minute) this.#requests = { minute, count: 0 };
    if (++this.#requests.count === MOST_REQUESTS) this.parts.asksWithoutEnd(MOST_REQUESTS);
  }

  #soon<T>(outcome: Outcome<T>): Promise<Outcome<T>> {
    return new Promise((resolve) => this.parts.process.after(this.#delay(), () => resolve(outcome)));
  }
}

/** The venue's refusals by the names that the adapters give them. */
const CODES: Readonly<Partial<Record<Refusal, string>>> = {
  "no-funds": "insufficient-funds",
  "would-take": "would-cross",
  closed: "market-closed",
  "bad-price": "invalid-order",
  "bad-quantity": "invalid-order",
  "too-small": "invalid-order",
};

const NOT_FOUND: Outcome<never> = { kind: "refused", code: "order-not-found", reason: "the venue knows no such order" };

function refusedBy<T>(code: FaultName | "expired"): Outcome<T> {
  return { kind: "refused", code, reason: `the venue says ${code}` };
}

function done<T>(value: T): Outcome<T> {
  return { kind: "done", value };
}

/** A market as the port tells it. */
function marketOf(own: LoopbackMarket, venue: LoopbackVenue): Market {
  const { symbol, listedAtMs } = own, [base, quote] = symbol.split("/") as [string, string];
  return {
    venueSymbol: `${base}${quote}`,
    symbol,
    base,
    quote,
    kind: "spot",
    isActive: venue.isTrading(own),
    ...venue.grid(own),
    minQuantity: venue.grid(own).lot,
    contractSize: null,
    listedAtMs,
  };
}

/** An order as the port tells it. */
export function orderOf(own: LoopbackOrder): VenueOrder {
  const text = (value: bigint | null) => value === null ? null : formatDecimal(value, UNIT_DECIMALS);
  return {
    id: `${own.id}`,
    clientOrderId: own.clientOrderId,
    status: own.state,
    price: text(own.price),
    triggerPrice: text(own.triggerPrice),
    quantity: text(own.quantity),
    filled: text(own.filled),
    updatedAtMs: own.updatedAtMs,
    timeMs: own.placedAtMs,
  };
}

/** An execution as the port tells it: with the name that we gave its order, or with the venue's id of it only. */
export function fillOf(
  { number, order, timeMs, side, price, quantity, liquidity, fee, feeAsset }: LoopbackFill,
  isNamed: boolean,
): VenueFill {
  return {
    id: `${number}`,
    orderId: `${order.id}`,
    clientOrderId: isNamed ? order.clientOrderId : null,
    timeMs: timeMs as TimestampMs,
    side,
    price: formatDecimal(price, UNIT_DECIMALS),
    quantity: formatDecimal(quantity, UNIT_DECIMALS),
    liquidity,
    feeAsset,
    fee: formatDecimal(fee, AMOUNT_DECIMALS),
  };
}
